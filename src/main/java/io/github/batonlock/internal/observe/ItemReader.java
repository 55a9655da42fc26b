package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Reads an item when its turn comes, if the read is still wanted by then. */
@ConfinedTo(ConfinedTo.LOOP)
public final class ItemReader {
  private final EventLoop loop;
  private final RequestDispatcher requests;

  /**
   * An answered read.
   *
   * @param answer the answer
   * @param isCurrent whether it shows the current state; otherwise it may be out of date
   * @param sent the time before it was sent
   */
  public record Reading(ReadAnswer answer, boolean isCurrent, ClockReading sent) {
    public StoredItem item() {
      return answer.item();
    }
  }

  public ItemReader(EventLoop loop, RequestDispatcher requests) {
    this.loop = loop;
    this.requests = requests;
  }

  /**
   * Reads an item.
   *
   * @param key of the item
   * @param consistent whether the answer has to show the current state
   * @param terms of the lease that the answer is for; they limit the time that the read may take
   * @param isWanted asked when the turn has come; if not, nothing is sent, and nothing is told
   * @param answered told the answer
   * @param failed told if the read fails, or its turn does not come
   */
  public void read(
      LockKey key,
      boolean consistent,
      LeaseTerms terms,
      BooleanSupplier isWanted,
      Consumer<Reading> answered,
      Consumer<LockStoreException> failed) {
    Timeouts timeouts = RequestTimeouts.patient(terms);
    requests.look(
        key,
        timeouts.total(),
        turn -> {
          if (isWanted.getAsBoolean()) {
            ClockReading sent = loop.now();
            requests.read(
                turn,
                key,
                consistent,
                timeouts,
                answer -> answered.accept(new Reading(answer, consistent, sent)),
                failed);
          }
        },
        failed);
  }
}
