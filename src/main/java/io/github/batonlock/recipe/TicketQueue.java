package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.recipe.FairLock.Turn;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
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
  private final Wanted<Turn> wanted;
  private CompletableFuture<HeldLock> step = new CompletableFuture<>();
  private @Nullable HeldLock ticket;

  TicketQueue(
      LockClient client,
      RecipeSupport support,
      LockRequest request,
      Executor serial,
      Wanted<Turn> wanted) {
    this.client = client;
    this.support = support;
    this.request = request;
    this.serial = serial;
    this.wanted = wanted;
  }

  void begin() {
    wanted.whenGone(serial, this::stopIfGone);
    CompletableFuture<HeldLock> unused =
        take(part("queue"), null)
            .thenComposeAsync(this::queueUp, serial)
            .thenComposeAsync(this::outwait, serial)
            .thenComposeAsync(
                nothing -> acquire(request.toBuilder().waitUpTo(wanted.left()).build()), serial)
            .whenCompleteAsync(this::ended, serial);
  }

  private void stopIfGone() {
    if (wanted.isOver()) {
      step.cancel(false);
    }
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
    LockRequest.Builder lock = lock(key, wanted.left());
    return acquire(data == null ? lock.build() : lock.data(data).build());
  }

  /**
   * Acquires the ticket of another caller, once that caller has finished or left. The ticket stays
   * in the queue if this caller leaves, too.
   */
  private CompletableFuture<HeldLock> takeUsed(SdkBytes name, Duration wait) {
    return Acquiring.attempt(
        () -> acquire(lock(ticketNamed(name), wait).onlyIfExists(true).build()));
  }

  private CompletableFuture<HeldLock> acquire(LockRequest part) {
    step = Acquiring.of(client, part);
    stopIfGone();
    return step;
  }

  /** Enters the queue; returns the ticket before this one. */
  private CompletableFuture<Optional<SdkBytes>> queueUp(HeldLock queue) {
    // The data as it is before the update.
    Optional<SdkBytes> before = queue.data();
    CompletableFuture<Optional<SdkBytes>> queued = new CompletableFuture<>();
    CompletableFuture<Void> unused =
        Acquiring.attempt(() -> takeTicket(queue, before))
            .whenCompleteAsync(
                (nothing, failure) -> {
                  CompletableFuture<Void> unusedToo = queue.closeAsync();
                  if (failure == null) {
                    queued.complete(before);
                  } else {
                    queued.completeExceptionally(failure);
                  }
                },
                serial);
    return queued;
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
    CompletableFuture<Void> alone = new CompletableFuture<>();
    outwait(before, alone);
    return alone;
  }

  private void outwait(Optional<SdkBytes> before, CompletableFuture<Void> alone) {
    if (namesNone(before)) {
      alone.complete(null);
      return;
    }
    CompletableFuture<HeldLock> unused =
        takeUsed(before.get(), wanted.left())
            .whenCompleteAsync(
                (used, failure) -> {
                  if (used != null) {
                    passBy(used, alone);
                  } else if (isMissing(Acquiring.reason(failure))) {
                    alone.complete(null);
                  } else {
                    alone.completeExceptionally(Acquiring.reason(failure));
                  }
                },
                serial);
  }

  private static boolean namesNone(Optional<SdkBytes> ticket) {
    return ticket.map(name -> name.asByteArrayUnsafe().length).orElse(0) == 0;
  }

  /**
   * Deletes a ticket after its caller has finished or left. The ticket of a caller that has
   * finished names no ticket before it. Otherwise the tickets before it still count, even after
   * this caller has left: this caller's own ticket names them before the other ticket is deleted.
   */
  private void passBy(HeldLock used, CompletableFuture<Void> alone) {
    Optional<SdkBytes> before = used.data();
    if (namesNone(before)) {
      delete(used);
      alone.complete(null);
      return;
    }
    CompletableFuture<HeldLock> unused =
        takeUsed(before.get(), Duration.ZERO)
            .whenCompleteAsync(
                (next, failure) -> {
                  Throwable why = next == null ? Acquiring.reason(failure) : null;
                  if (why != null && isMissing(why)) {
                    delete(used);
                    alone.complete(null);
                  } else {
                    note(used, before.get(), next, why, alone);
                  }
                },
                serial);
  }

  private void note(
      HeldLock used,
      SdkBytes before,
      @Nullable HeldLock next,
      @Nullable Throwable why,
      CompletableFuture<Void> alone) {
    CompletableFuture<Void> unused =
        Acquiring.attempt(() -> place().updateDataAsync(before))
            .whenCompleteAsync(
                (noted, problem) -> {
                  if (problem != null) {
                    // The own ticket is lost and still names the other one, which has to stay.
                    keep(used);
                    keep(next);
                    alone.completeExceptionally(Acquiring.reason(problem));
                    return;
                  }
                  delete(used);
                  if (next != null) {
                    passBy(next, alone);
                  } else if (why != null && Acquiring.isHeld(why)) {
                    outwait(Optional.of(before), alone);
                  } else {
                    alone.completeExceptionally(Acquiring.reason(why));
                  }
                },
                serial);
  }

  private HeldLock place() {
    return Objects.requireNonNull(ticket, "a ticket is taken first");
  }

  private void delete(HeldLock used) {
    CompletableFuture<Void> unused = support.closeAndDelete(used);
  }

  private static void keep(@Nullable HeldLock used) {
    if (used != null) {
      CompletableFuture<Void> unused = used.closeAsync();
    }
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

  private void ended(@Nullable HeldLock lock, @Nullable Throwable failure) {
    HeldLock place = ticket;
    if (lock != null && place != null) {
      wanted.give(new FairTurn(lock, place));
      return;
    }
    if (place != null) {
      CompletableFuture<Void> unused = place.closeAsync();
    }
    Throwable why = Acquiring.reason(failure);
    if (Acquiring.isHeld(why)) {
      wanted.notAcquired((LockNotAcquiredException) why);
    } else {
      wanted.fail(why);
    }
  }
}
