package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The holds, acquisitions and releases under way in one client; by hold, never by key. Belongs to
 * the loop.
 */
final class Registry {
  /** The fractional part of the golden ratio: its multiples spread evenly over [0, 1). */
  private static final double GOLDEN = 0.6180339887498949;

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

  boolean isClosing() {
    return closing;
  }

  void close() {
    closing = true;
  }

  void add(LeaseKeeper hold) {
    holds.add(hold);
    latestHolds.put(hold.key(), hold);
  }

  void remove(LeaseKeeper hold) {
    holds.remove(hold);
    latestHolds.remove(hold.key(), hold);
  }

  /** Whether this client holds the lock now, as far as it knows. */
  boolean isHeldHere(LockKey key) {
    return latestHolds.containsKey(key);
  }

  /** The hold of this client; null if it has none. */
  @Nullable LeaseKeeper heldHere(LockKey key) {
    return latestHolds.get(key);
  }

  List<LeaseKeeper> holds() {
    return new ArrayList<>(holds);
  }

  /** Whether an item's version is that of a hold of this client. */
  boolean isHeldAs(LockKey key, String version) {
    LeaseKeeper hold = latestHolds.get(key);
    return hold != null && hold.tenure().candidates().contains(version);
  }

  /** Whether a hold of this client, the latest of its lock or not, has a version. */
  boolean isNamedByAHold(LockKey key, String version) {
    return holds.stream()
        .anyMatch(hold -> hold.key().equals(key) && hold.tenure().candidates().contains(version));
  }

  boolean hasHolds() {
    return !holds.isEmpty();
  }

  void add(Acquisition acquisition) {
    acquisitions.add(acquisition);
  }

  void remove(Acquisition acquisition) {
    acquisitions.remove(acquisition);
  }

  List<Acquisition> acquisitions() {
    return new ArrayList<>(acquisitions);
  }

  void begun(Unfinished work) {
    unfinished.add(work);
  }

  void finished(Unfinished work) {
    unfinished.remove(work);
    if (unfinished.isEmpty()) {
      onQuiet.run();
    }
  }

  boolean hasUnfinished() {
    return !unfinished.isEmpty();
  }

  void giveUpFinishing() {
    List.copyOf(unfinished).forEach(Unfinished::giveUpFinishing);
  }

  /** What to do whenever nothing is unfinished any more. */
  void onQuiet(Runnable action) {
    onQuiet = action;
  }

  /** Where in the heartbeat interval the next hold starts, so that many are spread over it. */
  double nextPhase() {
    phase = (phase + GOLDEN) % 1;
    return phase;
  }
}
