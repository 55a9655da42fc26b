package io.github.batonlock.internal.hold;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.observe.LocalHolds;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The holds of one client. A key may have several: a hold that ends, and the next one. */
@ConfinedTo(ConfinedTo.LOOP)
public final class ActiveHolds implements LocalHolds {
  /** The fractional part of the golden ratio: its multiples spread evenly over [0, 1). */
  private static final double GOLDEN = 0.6180339887498949;

  private final EventLoop loop;
  private final Set<LeaseRenewer> holds = new LinkedHashSet<>();
  private final Map<LockKey, LeaseRenewer> latestHolds = new HashMap<>();
  private double phase;

  public ActiveHolds(EventLoop loop) {
    this.loop = loop;
  }

  void add(LeaseRenewer hold) {
    assert loop.isCurrent();
    holds.add(hold);
    latestHolds.put(hold.key(), hold);
  }

  void remove(LeaseRenewer hold) {
    assert loop.isCurrent();
    holds.remove(hold);
    latestHolds.remove(hold.key(), hold);
  }

  @Override
  public boolean isHeldHere(LockKey key) {
    assert loop.isCurrent();
    return latestHolds.containsKey(key);
  }

  /** The hold that this client has of a lock; null if it has none. */
  public @Nullable LeaseRenewer heldHere(LockKey key) {
    assert loop.isCurrent();
    return latestHolds.get(key);
  }

  /**
   * The information that this client has about a lock it holds; null if it does not hold the lock.
   */
  public @Nullable LockInfo infoOf(LockKey key) {
    LeaseRenewer hold = heldHere(key);
    return hold == null ? null : hold.info();
  }

  public List<LeaseRenewer> holds() {
    assert loop.isCurrent();
    return new ArrayList<>(holds);
  }

  @Override
  public boolean isHeldAs(LockKey key, String version) {
    assert loop.isCurrent();
    LeaseRenewer hold = latestHolds.get(key);
    return hold != null && hold.tenure().candidates().contains(version);
  }

  @Override
  public boolean isNamedByAHold(LockKey key, String version) {
    return holds.stream()
        .anyMatch(hold -> hold.key().equals(key) && hold.tenure().candidates().contains(version));
  }

  /** A session that is open is held like a lock. */
  @Override
  public boolean isOpenSession(LockKey session) {
    return isHeldHere(session);
  }

  boolean hasHolds() {
    assert loop.isCurrent();
    return !holds.isEmpty();
  }

  private static int locks(Collection<LeaseRenewer> all) {
    return (int) all.stream().filter(hold -> !hold.spec().isSession()).count();
  }

  public void count(Census census) {
    census.add(Kept.HOLDS, locks(holds));
    census.add(Kept.HELD_KEYS, locks(latestHolds.values()));
  }

  /**
   * The point in the heartbeat interval at which the next hold starts. The points spread many holds
   * evenly over the interval.
   */
  double nextPhase() {
    assert loop.isCurrent();
    phase = (phase + GOLDEN) % 1;
    return phase;
  }
}
