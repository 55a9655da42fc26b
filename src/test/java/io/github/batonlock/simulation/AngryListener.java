package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockListener;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.Revocation;
import java.time.Duration;

/** A client's listener that does what another one does, and then may throw an error. */
final class AngryListener implements LockListener {
  private final LockListener listener;
  private final Anger anger;

  AngryListener(LockListener listener, Anger anger) {
    this.listener = listener;
    this.anger = anger;
  }

  @Override
  public void acquired(HeldLock lock) {
    listener.acquired(lock);
    anger.mayThrow();
  }

  @Override
  public void released(HeldLock lock) {
    listener.released(lock);
    anger.mayThrow();
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    listener.releaseUnconfirmed(lock, failure);
    anger.mayThrow();
  }

  @Override
  public void jeopardy(HeldLock lock) {
    listener.jeopardy(lock);
    anger.mayThrow();
  }

  @Override
  public void safe(HeldLock lock) {
    listener.safe(lock);
    anger.mayThrow();
  }

  @Override
  public void revoked(HeldLock lock, Revocation revocation) {
    listener.revoked(lock, revocation);
    anger.mayThrow();
  }

  @Override
  public void malformedItem(MalformedLockItemException problem) {
    listener.malformedItem(problem);
    anger.mayThrow();
  }

  @Override
  public void clockSuspect(Duration unseen, String description) {
    listener.clockSuspect(unseen, description);
    anger.mayThrow();
  }
}
