package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;

/**
 * A client's listener that does what another one does, and counts waits, and the ends of calls and
 * requests.
 */
final class EventCounter extends ForwardingListener {
  long acquisitions;
  long renewals;
  long requests;
  long dropped;
  long waitsBegan;
  long waitsEnded;

  EventCounter(LockListener listener) {
    super(listener);
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
  public void waitBegan(LockKey key) {
    waitsBegan++;
  }

  @Override
  public void waitEnded(LockKey key) {
    waitsEnded++;
  }

  @Override
  public void eventsDropped(long number) {
    dropped += number;
  }
}
