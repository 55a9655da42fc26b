package io.github.batonlock.internal.request;

import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The operations that the close of a client waits for, and whether the client is closing. */
@ConfinedTo(ConfinedTo.LOOP)
public final class PendingWork {
  private final EventLoop loop;
  private final Set<Unfinished> unfinished = new LinkedHashSet<>();
  private final Map<LockKey, LockException> unconfirmed = new LinkedHashMap<>();
  private boolean closing;
  private Runnable onQuiet = () -> {};

  /** An operation that closing the client waits for, within its time limit. */
  public interface Unfinished {
    /** The time is up: callers that still wait for this are told now, or never. */
    default void giveUpFinishing() {}

    /** The client closes: what pauses until its next try, tries now. */
    default void clientCloses() {}
  }

  public PendingWork(EventLoop loop) {
    this.loop = loop;
  }

  public boolean isClosing() {
    assert loop.isCurrent();
    return closing;
  }

  /** The client closes. */
  public void close() {
    assert loop.isCurrent();
    closing = true;
    List.copyOf(unfinished).forEach(Unfinished::clientCloses);
  }

  /** The client closes, and a lock that it has released may still be held in the table. */
  public void leftUnconfirmed(LockKey key, LockException why) {
    assert loop.isCurrent();
    unconfirmed.put(key, why);
  }

  /** A lock is free after all. */
  public void confirmed(LockKey key) {
    assert loop.isCurrent();
    unconfirmed.remove(key);
  }

  /** The locks that closing could not confirm free, each with the last failure. */
  public Map<LockKey, LockException> unconfirmed() {
    assert loop.isCurrent();
    return new LinkedHashMap<>(unconfirmed);
  }

  public void begun(Unfinished work) {
    assert loop.isCurrent();
    unfinished.add(work);
  }

  public void finished(Unfinished work) {
    assert loop.isCurrent();
    unfinished.remove(work);
    if (unfinished.isEmpty()) {
      onQuiet.run();
    }
  }

  public boolean hasUnfinished() {
    assert loop.isCurrent();
    return !unfinished.isEmpty();
  }

  public void giveUpFinishing() {
    assert loop.isCurrent();
    List.copyOf(unfinished).forEach(Unfinished::giveUpFinishing);
  }

  /** Sets the action to run whenever nothing is unfinished. */
  public void onQuiet(Runnable action) {
    onQuiet = action;
  }

  public void count(Census census) {
    census.add(Kept.UNFINISHED_WORK, unfinished.size());
  }
}
