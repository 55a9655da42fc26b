package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockListener;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.Revocation;
import java.time.Duration;

/** A client's listener that passes on what it is told of locks. */
abstract class ForwardingListener implements LockListener {
  private final LockListener listener;

  ForwardingListener(LockListener listener) {
    this.listener = listener;
  }

  /** Runs when something was passed on. */
  void passedOn() {}

  @Override
  public void acquired(HeldLock lock) {
    listener.acquired(lock);
    passedOn();
  }

  @Override
  public void released(HeldLock lock) {
    listener.released(lock);
    passedOn();
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    listener.releaseUnconfirmed(lock, failure);
    passedOn();
  }

  @Override
  public void jeopardy(HeldLock lock) {
    listener.jeopardy(lock);
    passedOn();
  }

  @Override
  public void safe(HeldLock lock) {
    listener.safe(lock);
    passedOn();
  }

  @Override
  public void revoked(HeldLock lock, Revocation revocation) {
    listener.revoked(lock, revocation);
    passedOn();
  }

  @Override
  public void malformedItem(MalformedLockItemException problem) {
    listener.malformedItem(problem);
    passedOn();
  }

  @Override
  public void clockSuspect(Duration unseen, String description) {
    listener.clockSuspect(unseen, description);
    passedOn();
  }
}
