package io.github.batonlock.internal.request;

import io.github.batonlock.LockListener.RequestEnded.Operation;
import io.github.batonlock.internal.store.GrantsAnswer;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is common to all requests of one operation.
 *
 * @param <A> the answer
 * @param operation as listeners are told
 * @param isWrite whether a request without an answer may have changed the table
 * @param date when DynamoDB made an answer; null where it does not say
 * @param isApplied whether an answer says that the condition was met
 */
record RequestKind<A>(
    Operation operation,
    boolean isWrite,
    Function<A, @Nullable Instant> date,
    Predicate<A> isApplied) {

  static final RequestKind<ReadAnswer> READ =
      new RequestKind<>(Operation.READ, false, ReadAnswer::serverDate, answer -> true);
  static final RequestKind<List<StoredItem>> READ_ALL =
      new RequestKind<>(Operation.READ, false, answer -> null, answer -> true);
  static final RequestKind<ItemPage> SCAN =
      new RequestKind<>(Operation.SCAN, false, page -> null, page -> true);
  static final RequestKind<GrantsAnswer> TRANSACTION =
      new RequestKind<>(Operation.TRANSACTION, true, answer -> null, GrantsAnswer::applied);

  private static final RequestKind<WriteAnswer> GRANT = write(Operation.GRANT);
  private static final RequestKind<WriteAnswer> HANDOFF = write(Operation.HANDOFF);
  private static final RequestKind<WriteAnswer> RENEW = write(Operation.RENEW);
  private static final RequestKind<WriteAnswer> ASK = write(Operation.RELEASE_REQUEST);
  private static final RequestKind<WriteAnswer> RELEASE = write(Operation.RELEASE);

  private static RequestKind<WriteAnswer> write(Operation operation) {
    return new RequestKind<>(operation, true, WriteAnswer::serverDate, WriteAnswer::applied);
  }

  /** The kind of a write. */
  static RequestKind<WriteAnswer> of(LockWrite write) {
    if (write instanceof LockWrite.Heartbeat) {
      return RENEW;
    } else if (write instanceof LockWrite.Handoff) {
      return HANDOFF;
    } else if (write.isGrant()) {
      return GRANT;
    }
    boolean asks = write instanceof LockWrite.Ask || write instanceof LockWrite.Withdraw;
    return asks ? ASK : RELEASE;
  }
}
