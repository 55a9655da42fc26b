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

/** The holds, acquisitions and releases under way in one client; by hold, never by key. */
@ConfinedTo(ConfinedTo.LOOP)
final class Registry {
  /** The fractional part of the golden ratio: its multiples spread evenly over [0, 1). */
  private static final double GOLDEN = 0.6180339887498949;

  private final EventLoop loop;
  private final Set<LeaseKeeper> holds = new LinkedHashSet<>();
  private final Map<LockKey, LeaseKeeper> latestHolds = new HashMap<>();
  private final Set<Acquisition> acquisitions = new LinkedHashSet<>();
  private final Set<Unfinished> unfinished = new LinkedHashSet<>();
  private boolean closing;
  private Runnable onQuiet = () -> {};
  private double phase;

  /** Something that closing the client waits for, within its bound. */
  interface Unfinished {
    /** The time is up: whoever still waits for this is told now, or never. */
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

  void add(LeaseKeeper hold) {
    assert loop.isCurrent();
    holds.add(hold);
    latestHolds.put(hold.key(), hold);
  }

  void remove(LeaseKeeper hold) {
    assert loop.isCurrent();
    holds.remove(hold);
    latestHolds.remove(hold.key(), hold);
  }

  boolean isHeldHere(LockKey key) {
    assert loop.isCurrent();
    return latestHolds.containsKey(key);
  }

  /** The hold of this client; null if it has none. */
  @Nullable LeaseKeeper heldHere(LockKey key) {
    assert loop.isCurrent();
    return latestHolds.get(key);
  }

  /** What this client knows of a lock that it holds itself; null if it does not hold it. */
  @Nullable LockInfo infoOf(LockKey key) {
    LeaseKeeper hold = heldHere(key);
    return hold == null ? null : hold.info();
  }

  List<LeaseKeeper> holds() {
    assert loop.isCurrent();
    return new ArrayList<>(holds);
  }

  boolean isHeldAs(LockKey key, String version) {
    assert loop.isCurrent();
    LeaseKeeper hold = latestHolds.get(key);
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

  /** What to do whenever nothing is unfinished any more. */
  void onQuiet(Runnable action) {
    onQuiet = action;
  }

  private static int locks(Collection<LeaseKeeper> all) {
    return (int) all.stream().filter(hold -> !hold.spec().isSession()).count();
  }

  void count(Census census) {
    census.add(Kept.HOLDS, locks(holds));
    census.add(Kept.HELD_KEYS, locks(latestHolds.values()));
    census.add(Kept.ACQUISITIONS, acquisitions.size());
    census.add(Kept.UNFINISHED_WORK, unfinished.size());
  }

  /** Where in the heartbeat interval the next hold starts, so that many are spread over it. */
  double nextPhase() {
    assert loop.isCurrent();
    phase = (phase + GOLDEN) % 1;
    return phase;
  }
}
