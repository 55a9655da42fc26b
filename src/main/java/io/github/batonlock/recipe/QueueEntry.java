package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.time.ConfinedTo;
import io.github.batonlock.recipe.FairLock.Turn;
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
 * <p>A ticket that is taken over has been given up, by a holder or by a waiter: what is before it
 * counts all the same. A ticket that is not there any more was taken by who came next, so that all
 * before it is over.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class QueueEntry {
  private final LockClient client;
  private final LockRequest request;
  private final Executor serial;
  private final Wanted<Turn> wanted;
  private CompletableFuture<HeldLock> step = new CompletableFuture<>();
  private @Nullable HeldLock ticket;

  QueueEntry(LockClient client, LockRequest request, Executor serial, Wanted<Turn> wanted) {
    this.client = client;
    this.request = request;
    this.serial = serial;
    this.wanted = wanted;
  }

  void begin() {
    wanted.whenGone(serial, this::stopIfGone);
    CompletableFuture<HeldLock> unused =
        take(part("queue"), false, null)
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

  /** The key of a ticket. */
  static LockKey ticket(LockKey lock, long number) {
    return Acquiring.part(lock, "ticket/" + number);
  }

  private LockKey part(String name) {
    return Acquiring.part(request.key(), name);
  }

  /** A lock of the queue's own. */
  private CompletableFuture<HeldLock> take(LockKey key, boolean used, @Nullable SdkBytes data) {
    LockRequest.Builder part = LockRequest.builder().key(key).waitUpTo(wanted.left());
    request.leases().ifPresent(part::leases);
    request.leaseDuration().ifPresent(part::leaseDuration);
    if (data != null) {
      part.data(data);
    }
    return acquire(part.onlyIfExists(used).deleteOnRelease(used).build());
  }

  private CompletableFuture<HeldLock> acquire(LockRequest part) {
    step = Acquiring.of(client, part);
    stopIfGone();
    return step;
  }

  /** Stands in the queue; gives the ticket before. */
  private CompletableFuture<Optional<SdkBytes>> queueUp(HeldLock queue) {
    // As it is before the update.
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
    return take(mine, false, before.orElse(SdkBytes.fromByteArray(new byte[0])))
        .thenComposeAsync(
            taken -> {
              ticket = taken;
              return queue.updateDataAsync(SdkBytes.fromUtf8String(mine.partitionKey()));
            },
            serial);
  }

  /** Waits until all before are through. */
  private CompletableFuture<Void> outwait(Optional<SdkBytes> before) {
    CompletableFuture<Void> alone = new CompletableFuture<>();
    outwait(before, alone);
    return alone;
  }

  private void outwait(Optional<SdkBytes> before, CompletableFuture<Void> alone) {
    if (before.isEmpty() || before.get().asByteArrayUnsafe().length == 0) {
      alone.complete(null);
      return;
    }
    CompletableFuture<HeldLock> unused =
        Acquiring.attempt(() -> take(ticketNamed(before.get()), true, null))
            .whenCompleteAsync(
                (used, failure) -> {
                  if (used != null) {
                    CompletableFuture<Void> unusedToo = used.closeAsync();
                    outwait(used.data(), alone);
                  } else if (isMissing(Acquiring.reason(failure))) {
                    alone.complete(null);
                  } else {
                    alone.completeExceptionally(Acquiring.reason(failure));
                  }
                },
                serial);
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
