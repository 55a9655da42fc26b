package io.github.batonlock.support;

import io.github.batonlock.internal.callback.Warnings;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.dynamodb.DynamoLockStore;
import io.github.batonlock.internal.runtime.Clock;
import io.github.batonlock.internal.runtime.LivePlatform;

/** What clients on the real machine are made of, with the bounds that users have. */
public final class Platforms {
  public static final LivePlatform.ThreadCounts THREADS =
      new LivePlatform.ThreadCounts(
          Bound.REQUEST_THREADS.defaultValue(), Bound.CALLBACK_THREADS.defaultValue());

  public static final DynamoLockStore.Kept KEPT =
      new DynamoLockStore.Kept(
          Bound.EXPRESSION_CHARACTERS.defaultValue(), Bound.REQUEST_OVERRIDES.defaultValue());

  private Platforms() {}

  /** Warnings of a client, written by the calling thread. */
  public static Warnings warnings() {
    return new Warnings(new StillClock(), Runnable::run);
  }

  /** A clock that stands still. */
  private static final class StillClock implements Clock {
    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public long epochMillis() {
      return 0;
    }
  }
}
