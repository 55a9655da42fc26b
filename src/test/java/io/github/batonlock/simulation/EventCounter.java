package io.github.batonlock.simulation;

import io.github.batonlock.LockListener;

/**
 * A client's listener that does what another one does, and counts the ends of calls and requests.
 */
final class EventCounter extends ForwardingListener {
  long acquisitions;
  long renewals;
  long requests;
  long dropped;

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
  public void eventsDropped(long number) {
    dropped += number;
  }
}
