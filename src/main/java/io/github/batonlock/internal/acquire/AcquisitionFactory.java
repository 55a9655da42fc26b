package io.github.batonlock.internal.acquire;

import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The factory of the acquisitions of one client. Any thread. */
public final class AcquisitionFactory {
  private final EventLoop loop;
  private final RequestDispatcher requests;
  private final PendingAcquisitions pending;
  private final GrantFactory grants;
  private final HolderObserver observer;
  private final ReleaseRequester requester;

  /** The factory. It takes a part more than others, as an {@link Acquisition} does. */
  public AcquisitionFactory(
      EventLoop loop,
      RequestDispatcher requests,
      PendingAcquisitions pending,
      GrantFactory grants,
      HolderObserver observer,
      ReleaseRequester requester) {
    this.loop = loop;
    this.requests = requests;
    this.pending = pending;
    this.grants = grants;
    this.observer = observer;
    this.requester = requester;
  }

  /**
   * An acquisition that has not started. Its waiting time begins now.
   *
   * @param oneLook whether it ends without an exception if the first look shows the lock held
   */
  public Acquisition create(AcquireSpec spec, boolean oneLook) {
    return create(spec, oneLook, null);
  }

  /**
   * An acquisition that has not started. Its waiting time begins now.
   *
   * @param oneLook whether it ends without an exception if the first look shows the lock held
   * @param ofOneTry how long its requests may take, if it is one try; null for the time of one
   *     request
   */
  public Acquisition create(AcquireSpec spec, boolean oneLook, @Nullable Duration ofOneTry) {
    boolean waits = !oneLook && spec.mayWait();
    return new Acquisition(
        spec,
        oneLook,
        new AcquisitionTimer(loop, requests.backoff(spec.terms()), spec.maxWait(), ofOneTry),
        requests,
        pending.place(spec.key()),
        grants.of(spec),
        observer,
        waits ? requester.standing(spec) : null);
  }
}
