package io.github.batonlock.internal.request;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.runtime.Clock;
import io.github.batonlock.internal.store.GrantsAnswer;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reads that follow refused writes if the answer does not say what is in the table: there is no
 * item, or the endpoint never sends it. Belongs to the loop.
 *
 * <p>There is one strongly consistent read, within the time that is left for the write. So each
 * receiver of the answer to a refused write knows the item, or that there is none. The item may
 * have changed since the write was refused. If the read fails, the write counts as failed.
 */
final class RefusalReads {
  private final RequestDispatcher requests;
  private final Clock clock;

  RefusalReads(RequestDispatcher requests, Clock clock) {
    this.requests = requests;
    this.clock = clock;
  }

  /**
   * Takes the answer to a write that is sent now, and passes on an answer that contains the item.
   */
  Consumer<WriteAnswer> after(
      Turn turn,
      LockWrite write,
      Timeouts timeouts,
      Consumer<WriteAnswer> answered,
      Consumer<LockStoreException> failed) {
    long sent = clock.nanoTime();
    return answer -> {
      if (answer.applied() || answer.item().isKnown()) {
        answered.accept(answer);
        return;
      }
      requests.read(
          turn.another(),
          write.key(),
          true,
          left(timeouts, sent),
          read -> {
            StoredItem item = write.isGrant() ? read.item().forGrant() : read.item();
            answered.accept(new WriteAnswer(false, item, answer.retried(), read.serverDate()));
          },
          // The refusal is certain. The result of an earlier attempt is not.
          failure -> failed.accept(unknown(List.of(write.key()), failure, answer.retried())));
    };
  }

  /** The same for several grants in one transaction. */
  Consumer<GrantsAnswer> afterAll(
      Turn turn,
      List<LockWrite> grants,
      Timeouts timeouts,
      Consumer<GrantsAnswer> answered,
      Consumer<LockStoreException> failed) {
    long sent = clock.nanoTime();
    return answer -> {
      if (answer.applied() || answer.against().stream().allMatch(RefusalReads::isKnown)) {
        answered.accept(answer);
        return;
      }
      List<LockKey> keys = grants.stream().map(LockWrite::key).toList();
      requests.readAll(
          turn.another(),
          keys,
          left(timeouts, sent),
          items -> {
            if (items.size() == keys.size()) {
              answered.accept(new GrantsAnswer(false, known(answer.against(), items)));
            } else {
              failed.accept(Refusals.answerLacks(keys.get(0), true, "the items of all its keys"));
            }
          },
          failure -> failed.accept(unknown(keys, failure, true)));
    };
  }

  private static boolean isKnown(@Nullable StoredItem against) {
    return against == null || against.isKnown();
  }

  private static List<@Nullable StoredItem> known(
      List<@Nullable StoredItem> against, List<StoredItem> items) {
    List<@Nullable StoredItem> known = new ArrayList<>();
    for (StoredItem told : against) {
      known.add(isKnown(told) ? told : items.get(known.size()).forGrant());
    }
    return known;
  }

  private Timeouts left(Timeouts timeouts, long sent) {
    return timeouts.after(Duration.ofNanos(clock.nanoTime() - sent));
  }

  private static LockStoreException unknown(
      List<LockKey> keys, LockStoreException failure, boolean mayHaveBeenApplied) {
    return new LockStoreException(
        failure.kind(),
        mayHaveBeenApplied,
        "A write to lock '"
            + keys.get(0)
            + (keys.size() == 1 ? "'" : "' and others")
            + " was refused, the answer does not say by what, and the read that was to tell failed: "
            + failure.getMessage(),
        failure);
  }
}
