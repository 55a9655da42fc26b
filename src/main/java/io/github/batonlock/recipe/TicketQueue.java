package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * One caller's way through the queue of a {@link FairLock}.
 *
 * <pre>
 *   take the queue --&gt; take a ticket, which names the last one --&gt; note it as the last one
 *     --&gt; take the ticket before --which names one before--&gt; take that one, and so on
 *     --there is none--&gt; take the lock
 * </pre>
 *
 * <p>A ticket that can be acquired was given up, by a holder or by a waiter: the tickets before it
 * still count. A ticket that does not exist any more was deleted by the next waiter. That waiter's
 * own ticket then names what was before the deleted one, if anything was, so the deleted ticket
 * needs no more waiting.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class TicketQueue {
  private final LockClient client;
  private final RecipeSupport support;
  private final LockRequest request;
  private final Executor serial;
  private final PendingAcquisition<Hold> caller;
  private @Nullable HeldLock ticket;

  TicketQueue(
      LockClient client,
      RecipeSupport support,
      LockRequest request,
      Executor serial,
      PendingAcquisition<Hold> caller) {
    this.client = client;
    this.support = support;
    this.request = request;
    this.serial = serial;
    this.caller = caller;
  }

  /** Begins the only try: a second one would be at the end of the queue. */
  CompletableFuture<TryOutcome<Hold>> begin() {
    return take(part("queue"), null)
        .thenComposeAsync(this::queueUp, serial)
        .thenComposeAsync(this::outwait, serial)
        .thenComposeAsync(
            nothing -> acquire(() -> request.toBuilder().waitUpTo(caller.left()).build()), serial)
        .handleAsync(this::ended, serial);
  }

  private TryOutcome<Hold> ended(@Nullable HeldLock lock, @Nullable Throwable failure) {
    return lock == null
        ? TryOutcome.failed(Acquiring.reason(failure))
        : TryOutcome.got(new FairTurn(caller.goal(), support, lock, place()));
  }

  /** Returns the key of a ticket. */
  static LockKey ticket(LockKey lock, long number) {
    return Acquiring.part(lock, "ticket/" + number);
  }

  private LockKey part(String name) {
    return Acquiring.part(request.key(), name);
  }

  /** Returns a request for a lock that belongs to the queue. */
  private LockRequest.Builder lock(LockKey key, Duration wait) {
    LockRequest.Builder lock = LockRequest.builder().key(key).waitUpTo(wait);
    request.leases().ifPresent(lock::leases);
    request.leaseDuration().ifPresent(lock::leaseDuration);
    return lock;
  }

  private CompletableFuture<HeldLock> take(LockKey key, @Nullable SdkBytes data) {
    return acquire(
        () -> {
          LockRequest.Builder lock = lock(key, caller.left());
          return data == null ? lock.build() : lock.data(data).build();
        });
  }

  /**
   * Acquires the ticket of another caller, once that caller has finished or left. The ticket stays
   * in the queue if this caller leaves, too.
   */
  private CompletableFuture<HeldLock> takeUsed(SdkBytes name, Duration wait) {
    return acquire(() -> lock(ticketNamed(name), wait).onlyIfExists(true).build());
  }

  private CompletableFuture<HeldLock> acquire(Supplier<LockRequest> part) {
    return caller.hand().lock(() -> Acquiring.of(client, part.get()));
  }

  /** Enters the queue; returns the ticket before this one. */
  private CompletableFuture<Optional<SdkBytes>> queueUp(HeldLock queue) {
    // The data as it is before the update.
    Optional<SdkBytes> before = queue.data();
    return Acquiring.attempt(() -> takeTicket(queue, before))
        .whenCompleteAsync(
            (nothing, failure) -> {
              CompletableFuture<Void> unused = queue.closeAsync();
            },
            serial)
        .thenApply(nothing -> before);
  }

  private CompletableFuture<Void> takeTicket(HeldLock queue, Optional<SdkBytes> before) {
    LockKey mine = ticket(request.key(), queue.fencingToken());
    return take(mine, before.orElse(SdkBytes.fromByteArray(new byte[0])))
        .thenComposeAsync(
            taken -> {
              ticket = taken;
              return queue.updateDataAsync(SdkBytes.fromUtf8String(mine.partitionKey()));
            },
            serial);
  }

  /** Waits until all callers before this one have finished or left. */
  private CompletableFuture<Void> outwait(Optional<SdkBytes> before) {
    if (namesNone(before)) {
      return CompletableFuture.completedFuture(null);
    }
    return Acquiring.whicheverComes(
        takeUsed(before.get(), caller.left()),
        (used, failure) -> used != null ? passBy(used) : unlessMissing(failure),
        serial);
  }

  private static CompletableFuture<Void> unlessMissing(@Nullable Throwable failure) {
    Throwable why = Acquiring.reason(failure);
    return isMissing(why)
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(why);
  }

  private static boolean namesNone(Optional<SdkBytes> ticket) {
    return ticket.map(name -> name.asByteArrayUnsafe().length).orElse(0) == 0;
  }

  /**
   * Deletes a ticket after its caller has finished or left. The ticket of a caller that has
   * finished names no ticket before it. Otherwise the tickets before it still count, even after
   * this caller has left: this caller's own ticket names them before the other ticket is deleted.
   */
  private CompletableFuture<Void> passBy(HeldLock used) {
    Optional<SdkBytes> before = used.data();
    if (namesNone(before)) {
      return delete(used);
    }
    return Acquiring.whicheverComes(
        takeUsed(before.get(), Duration.ZERO),
        (next, failure) -> {
          Throwable why = next == null ? Acquiring.reason(failure) : null;
          return why != null && isMissing(why) ? delete(used) : note(used, before.get(), next, why);
        },
        serial);
  }

  /**
   * Notes which ticket is before this caller's, and passes the other one by. If that fails, the own
   * ticket is lost and still names the other one, which stays.
   */
  private CompletableFuture<Void> note(
      HeldLock used, SdkBytes before, @Nullable HeldLock next, @Nullable Throwable why) {
    return Acquiring.attempt(() -> place().updateDataAsync(before))
        .thenComposeAsync(
            noted -> {
              CompletableFuture<Void> unused = delete(used);
              if (next != null) {
                return passBy(next);
              } else if (why != null && Acquiring.isHeld(why)) {
                return outwait(Optional.of(before));
              }
              return CompletableFuture.failedFuture(Acquiring.reason(why));
            },
            serial);
  }

  private HeldLock place() {
    return Objects.requireNonNull(ticket, "a ticket is taken first");
  }

  /** Deletes a ticket; this caller does not wait for that. */
  private CompletableFuture<Void> delete(HeldLock used) {
    CompletableFuture<Void> unused = support.closeAndDelete(used);
    return CompletableFuture.completedFuture(null);
  }

  private LockKey ticketNamed(SdkBytes data) {
    String name = data.asUtf8String();
    return request
        .key()
        .sortKey()
        .map(sort -> LockKey.of(name, sort))
        .orElseGet(() -> LockKey.of(name));
  }

  private static boolean isMissing(Throwable why) {
    return why instanceof LockNotAcquiredException refused
        && refused.reason() == Reason.NO_SUCH_LOCK;
  }
}
