package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockWatch;
import io.github.batonlock.internal.callback.Serial;
import io.github.batonlock.internal.observe.KeyWatch;
import io.github.batonlock.internal.observe.Sighting;
import java.util.function.Consumer;

/** One user's watch: what its {@link KeyWatch} sees, told on a thread of its own. Any thread. */
final class DefaultLockWatch implements LockWatch, KeyWatch.Follower {
  private final Core core;
  private final LockKey key;
  private final Consumer<? super State> listener;
  private final Serial serial;
  private volatile Sighting latest;
  private volatile boolean closed;

  DefaultLockWatch(Core core, LockKey key, Consumer<? super State> listener) {
    this.core = core;
    this.key = key;
    this.listener = listener;
    this.serial = new Serial(core.notices, "listener of the watch of lock '" + key + "'");
    this.latest = Sighting.none(core.loop.now().nanos());
  }

  /** Begins to look. */
  DefaultLockWatch start() {
    core.loop.execute(() -> core.watches.join(key, this));
    return this;
  }

  @Override
  public void saw(Sighting sighting, boolean isNews) {
    latest = sighting;
    if (isNews) {
      State state = sighting.state(key, core.loop.now().nanos());
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
    return latest.state(key, core.loop.now().nanos());
  }

  @Override
  public void close() {
    closed = true;
    core.loop.execute(() -> core.watches.leave(key, this));
  }

  @Override
  public String toString() {
    return "watch of " + current();
  }
}
