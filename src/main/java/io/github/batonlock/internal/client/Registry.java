package io.github.batonlock.internal.client;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
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

/**
 * The holds, acquisitions and releases that are under way in one client. Entries are per hold, not
 * per key.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class Registry {
  /** The fractional part of the golden ratio: its multiples spread evenly over [0, 1). */
  private static final double GOLDEN = 0.6180339887498949;

  private final EventLoop loop;
  private final Set<LeaseRenewer> holds = new LinkedHashSet<>();
  private final Map<LockKey, LeaseRenewer> latestHolds = new HashMap<>();
  private final Set<Acquisition> acquisitions = new LinkedHashSet<>();
  private final Set<Unfinished> unfinished = new LinkedHashSet<>();
  private boolean closing;
  private Runnable onQuiet = () -> {};
  private double phase;

  /** An operation that closing the client waits for, within its time limit. */
  interface Unfinished {
    /** The time is up: callers that still wait for this are told now, or never. */
    default void giveUpFinishing() {}
  }

  Registry(EventLoop loop) {
    this.loop = loop;
  }

  boolean isClosing() {
    assert loop.isCurrent();
    return closing;
  }

  void close() {
    assert loop.isCurrent();
    closing = true;
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

  boolean isHeldHere(LockKey key) {
    assert loop.isCurrent();
    return latestHolds.containsKey(key);
  }

  /** The hold that this client has of a lock; null if it has none. */
  @Nullable LeaseRenewer heldHere(LockKey key) {
    assert loop.isCurrent();
    return latestHolds.get(key);
  }

  /**
   * The information that this client has about a lock it holds; null if it does not hold the lock.
   */
  @Nullable LockInfo infoOf(LockKey key) {
    LeaseRenewer hold = heldHere(key);
    return hold == null ? null : hold.info();
  }

  List<LeaseRenewer> holds() {
    assert loop.isCurrent();
    return new ArrayList<>(holds);
  }

  boolean isHeldAs(LockKey key, String version) {
    assert loop.isCurrent();
    LeaseRenewer hold = latestHolds.get(key);
    return hold != null && hold.tenure().candidates().contains(version);
  }

  boolean isNamedByAHold(LockKey key, String version) {
    return holds.stream()
        .anyMatch(hold -> hold.key().equals(key) && hold.tenure().candidates().contains(version));
  }

  boolean hasHolds() {
    assert loop.isCurrent();
    return !holds.isEmpty();
  }

  void add(Acquisition acquisition) {
    assert loop.isCurrent();
    acquisitions.add(acquisition);
  }

  void remove(Acquisition acquisition) {
    assert loop.isCurrent();
    acquisitions.remove(acquisition);
  }

  List<Acquisition> acquisitions() {
    assert loop.isCurrent();
    return new ArrayList<>(acquisitions);
  }

  void begun(Unfinished work) {
    assert loop.isCurrent();
    unfinished.add(work);
  }

  void finished(Unfinished work) {
    assert loop.isCurrent();
    unfinished.remove(work);
    if (unfinished.isEmpty()) {
      onQuiet.run();
    }
  }

  boolean hasUnfinished() {
    assert loop.isCurrent();
    return !unfinished.isEmpty();
  }

  void giveUpFinishing() {
    assert loop.isCurrent();
    List.copyOf(unfinished).forEach(Unfinished::giveUpFinishing);
  }

  /** Sets the action to run whenever nothing is unfinished. */
  void onQuiet(Runnable action) {
    onQuiet = action;
  }

  private static int locks(Collection<LeaseRenewer> all) {
    return (int) all.stream().filter(hold -> !hold.spec().isSession()).count();
  }

  void count(Census census) {
    census.add(Kept.HOLDS, locks(holds));
    census.add(Kept.HELD_KEYS, locks(latestHolds.values()));
    census.add(Kept.ACQUISITIONS, acquisitions.size());
    census.add(Kept.UNFINISHED_WORK, unfinished.size());
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
