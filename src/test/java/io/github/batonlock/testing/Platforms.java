package io.github.batonlock.testing;

import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.dynamodb.DynamoLockStore;
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
}
