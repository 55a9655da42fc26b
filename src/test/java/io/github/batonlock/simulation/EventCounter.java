package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockListener;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.Revocation;
import java.time.Duration;

/**
 * A client's listener that does what another one does, and counts the ends of calls and requests.
 */
final class EventCounter implements LockListener {
  long acquisitions;
  long renewals;
  long requests;
  long dropped;

  private final LockListener listener;

  EventCounter(LockListener listener) {
    this.listener = listener;
  }

  @Override
  public void acquisitionEnded(AcquisitionEnded event) {
    acquisitions++;
  }

  @Override
  public void renewalEnded(RenewalEnded event) {
    renewals++;
  }

  @Override
  public void requestEnded(RequestEnded event) {
    requests++;
  }

  @Override
  public void eventsDropped(long number) {
    dropped += number;
  }

  @Override
  public void acquired(HeldLock lock) {
    listener.acquired(lock);
  }

  @Override
  public void released(HeldLock lock) {
    listener.released(lock);
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    listener.releaseUnconfirmed(lock, failure);
  }

  @Override
  public void jeopardy(HeldLock lock) {
    listener.jeopardy(lock);
  }

  @Override
  public void safe(HeldLock lock) {
    listener.safe(lock);
  }

  @Override
  public void revoked(HeldLock lock, Revocation revocation) {
    listener.revoked(lock, revocation);
  }

  @Override
  public void malformedItem(MalformedLockItemException problem) {
    listener.malformedItem(problem);
  }

  @Override
  public void clockSuspect(Duration unseen, String description) {
    listener.clockSuspect(unseen, description);
  }
}
