package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockWatch;
import io.github.batonlock.internal.callback.SerialExecutor;
import io.github.batonlock.internal.observe.KeyObserver;
import io.github.batonlock.internal.observe.ObservedState;
import java.util.function.Consumer;

/**
 * One user's watch of a lock. It passes what its {@link KeyObserver} sees to the user, on a thread
 * of its own. Any thread.
 */
final class DefaultLockWatch implements LockWatch, KeyObserver.Follower {
  private final Core core;
  private final LockKey key;
  private final Consumer<? super State> listener;
  private final SerialExecutor serial;
  private volatile ObservedState latest;
  private volatile boolean closed;

  DefaultLockWatch(Core core, LockKey key, Consumer<? super State> listener) {
    this.core = core;
    this.key = key;
    this.listener = listener;
    this.serial = new SerialExecutor(core.callbacks, "listener of the watch of lock '" + key + "'");
    this.latest = ObservedState.none(core.loop.now().nanos());
  }

  /** Begins to observe the lock. */
  DefaultLockWatch start() {
    core.loop.execute(() -> core.observers.join(key, this));
    return this;
  }

  @Override
  public void saw(ObservedState observed, boolean isNews) {
    latest = observed;
    if (isNews) {
      State state = observed.state(key, core.loop.now());
      serial.execute(() -> tell(state));
    }
  }

  private void tell(State state) {
    if (!closed) {
      listener.accept(state);
    }
  }

  @Override
  public LockKey key() {
    return key;
  }

  @Override
  public State current() {
    return latest.state(key, core.loop.now());
  }

  @Override
  public void close() {
    closed = true;
    core.loop.execute(() -> core.observers.leave(key, this));
  }

  @Override
  public String toString() {
    return "watch of " + current();
  }
}
