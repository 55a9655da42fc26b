package io.github.batonlock.internal.hold;

import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.observe.LocalHolds;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ClockReading;
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
 * The holds of one client, which tells its listeners when one begins or ends. A key may have
 * several holds: a hold that ends, and the next one.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class ActiveHolds implements LocalHolds {
  /** The fractional part of the golden ratio: its multiples spread evenly over [0, 1). */
  private static final double GOLDEN = 0.6180339887498949;

  private final EventLoop loop;
  private final List<Listener> listeners = new ArrayList<>();
  private final Set<Hold> holds = new LinkedHashSet<>();
  private final Map<LockKey, Hold> latestHolds = new HashMap<>();
  private double phase;

  /** One hold. */
  public interface Hold {
    LockKey key();

    DefaultHeldLock lock();

    HoldSpec spec();

    /** The information that this client has about the lock. */
    LockInfo info();

    /** The versions of the hold that may be in the item, the confirmed one first. */
    List<String> candidates();

    /** Checks a lease that is over by the wall clock only. An immediate heartbeat decides. */
    void checkClocks();

    /** The clocks were found unreliable. Only a renewal that is sent from now on counts. */
    void suspect(ClockReading now);

    /** Makes the release delete the item, whatever the request says. */
    void deleteAtRelease();

    /**
     * Frees the item because the client closes. Closing has revoked the lock, unless the lock's end
     * had begun.
     */
    void releaseAtClose();

    /** The client has closed without releasing this hold, whose callbacks or work still run. */
    void leftAtClose(LockException problem);
  }

  /** Is told of each hold, on the loop. */
  public interface Listener {
    void began(Hold hold);

    void ended(Hold hold);
  }

  public ActiveHolds(EventLoop loop) {
    this.loop = loop;
  }

  /** Adds a listener, before the client has any hold. */
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  void add(Hold hold) {
    assert loop.isCurrent();
    holds.add(hold);
    latestHolds.put(hold.key(), hold);
    listeners.forEach(listener -> listener.began(hold));
  }

  void remove(Hold hold) {
    assert loop.isCurrent();
    holds.remove(hold);
    latestHolds.remove(hold.key(), hold);
    listeners.forEach(listener -> listener.ended(hold));
  }

  @Override
  public boolean isHeldHere(LockKey key) {
    assert loop.isCurrent();
    return latestHolds.containsKey(key);
  }

  /** The hold that this client has of a lock; null if it has none. */
  public @Nullable Hold heldHere(LockKey key) {
    assert loop.isCurrent();
    return latestHolds.get(key);
  }

  /**
   * The information that this client has about a lock it holds; null if it does not hold the lock.
   */
  public @Nullable LockInfo infoOf(LockKey key) {
    Hold hold = heldHere(key);
    return hold == null ? null : hold.info();
  }

  public List<Hold> holds() {
    assert loop.isCurrent();
    return new ArrayList<>(holds);
  }

  @Override
  public boolean isHeldAs(LockKey key, String version) {
    assert loop.isCurrent();
    Hold hold = latestHolds.get(key);
    return hold != null && hold.candidates().contains(version);
  }

  @Override
  public boolean isNamedByAHold(LockKey key, String version) {
    assert loop.isCurrent();
    return holds.stream()
        .anyMatch(hold -> hold.key().equals(key) && hold.candidates().contains(version));
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

  private static int locks(Collection<Hold> all) {
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
