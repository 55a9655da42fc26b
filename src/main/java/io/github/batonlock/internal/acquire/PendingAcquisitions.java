package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.hold.ActiveHolds;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The acquisitions of one client that have begun and not ended. */
@ConfinedTo(ConfinedTo.LOOP)
public final class PendingAcquisitions {
  private final EventLoop loop;
  private final PendingWork work;
  private final WaitQueues queues;
  private final ActiveHolds holds;
  private final Set<Acquisition> pending = new LinkedHashSet<>();

  public PendingAcquisitions(
      EventLoop loop, PendingWork work, WaitQueues queues, ActiveHolds holds) {
    this.loop = loop;
    this.work = work;
    this.queues = queues;
    this.holds = holds;
  }

  /** The place for an acquisition of a lock among the others. Any thread. */
  QueuePlace place(LockKey key) {
    return new QueuePlace(key, this, queues, holds);
  }

  void add(Acquisition acquisition) {
    assert loop.isCurrent();
    pending.add(acquisition);
  }

  void remove(Acquisition acquisition) {
    assert loop.isCurrent();
    pending.remove(acquisition);
  }

  /** An acquisition has ended, and a write of it is under way. */
  void settling(Acquisition acquisition) {
    work.begun(acquisition);
  }

  /** That write was answered, or has failed. */
  void settled(Acquisition acquisition) {
    work.finished(acquisition);
  }

  /** Whether the client closes. */
  boolean isClosing() {
    return work.isClosing();
  }

  public List<Acquisition> all() {
    assert loop.isCurrent();
    return new ArrayList<>(pending);
  }

  /** The failure of the last request that was sent for a lock; empty if it was answered. */
  public Optional<LockStoreException> failure(LockKey key) {
    assert loop.isCurrent();
    return pending.stream()
        .filter(acquisition -> acquisition.key().equals(key))
        .map(Acquisition::failure)
        .filter(Objects::nonNull)
        .findFirst();
  }

  public void count(Census census) {
    census.add(Kept.ACQUISITIONS, pending.size());
  }
}
