package io.github.batonlock.support;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a client tells its listener of calls, waits and requests. */
public final class EventListener implements LockListener {
  public final List<AcquisitionEnded> acquisitions = new ArrayList<>();
  public final List<RenewalEnded> renewals = new ArrayList<>();
  public final List<RequestEnded> requests = new ArrayList<>();
  public final List<String> waits = new ArrayList<>();
  public long dropped;

  @Override
  public void acquisitionEnded(AcquisitionEnded event) {
    acquisitions.add(event);
  }

  @Override
  public void renewalEnded(RenewalEnded event) {
    renewals.add(event);
  }

  @Override
  public void requestEnded(RequestEnded event) {
    requests.add(event);
  }

  @Override
  public void waitBegan(LockKey key) {
    waits.add("began " + key);
  }

  @Override
  public void waitEnded(LockKey key) {
    waits.add("ended " + key);
  }

  @Override
  public void eventsDropped(long number) {
    dropped += number;
  }

  /** The last acquisition, as "outcome how". */
  public String lastAcquisition() {
    AcquisitionEnded last = acquisitions.get(acquisitions.size() - 1);
    return last.outcome() + " " + last.how();
  }

  /** The requests, each as "operation result". */
  public List<String> lines() {
    return requests.stream().map(each -> each.operation() + " " + each.result()).toList();
  }
}
