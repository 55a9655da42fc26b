package io.github.batonlock.internal.acquire;

import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.Timeouts;

/**
 * The marks that this client leaves in the items of locks that it gives up on (protocol section 9).
 * A mark is tried once: nothing is lost without it but time.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class Marks {
  private final RequestDispatcher requests;
  private final PendingWork work;

  public Marks(RequestDispatcher requests, PendingWork work) {
    this.requests = requests;
    this.work = work;
  }

  /**
   * Writes a mark.
   *
   * @param terms of the acquisition that gives up: the mark takes one attempt at most
   * @param then runs once, when the mark is written, or has failed
   */
  void leave(LockWrite.Mark mark, LeaseTerms terms, Runnable then) {
    UnderWay underWay = new UnderWay(then);
    work.begun(underWay);
    Timeouts patient = RequestTimeouts.patient(terms);
    Timeouts once = new Timeouts(patient.attempt(), patient.attempt());
    requests.write(mark, once, answer -> underWay.end(), failure -> underWay.end());
  }

  private final class UnderWay implements PendingWork.Unfinished {
    private final Runnable then;
    private boolean isTold;

    UnderWay(Runnable then) {
      this.then = then;
    }

    void end() {
      giveUpFinishing();
      work.finished(this);
    }

    @Override
    public void giveUpFinishing() {
      if (!isTold) {
        isTold = true;
        then.run();
      }
    }
  }
}
