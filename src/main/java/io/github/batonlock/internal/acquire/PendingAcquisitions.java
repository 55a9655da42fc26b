package io.github.batonlock.internal.acquire;

import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The acquisitions of one client that have begun and not ended. */
@ConfinedTo(ConfinedTo.LOOP)
public final class PendingAcquisitions {
  private final EventLoop loop;
  private final Set<Acquisition> pending = new LinkedHashSet<>();

  PendingAcquisitions(EventLoop loop) {
    this.loop = loop;
  }

  void add(Acquisition acquisition) {
    assert loop.isCurrent();
    pending.add(acquisition);
  }

  void remove(Acquisition acquisition) {
    assert loop.isCurrent();
    pending.remove(acquisition);
  }

  public List<Acquisition> all() {
    assert loop.isCurrent();
    return new ArrayList<>(pending);
  }

  public void count(Census census) {
    census.add(Kept.ACQUISITIONS, pending.size());
  }
}
