package io.github.batonlock.internal.callback;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.Revocation;
import java.time.Duration;
import java.util.function.Consumer;

/** Two listeners of one client. Each is told, whatever the other one throws. */
public final class ListenerPair implements LockListener {
  private final LockListener first;
  private final LockListener second;

  /**
   * Makes one listener of two.
   *
   * @param first told first
   * @param second told next, on the same thread
   */
  public ListenerPair(LockListener first, LockListener second) {
    this.first = first;
    this.second = second;
  }

  /** Whether a listener overrides a method; a pair, whether one of the two does. */
  static boolean overrides(LockListener listener, String method, Class<?> parameter) {
    if (listener instanceof ListenerPair pair) {
      return overrides(pair.first, method, parameter) || overrides(pair.second, method, parameter);
    }
    try {
      Class<?> by = listener.getClass().getMethod(method, parameter).getDeclaringClass();
      return by != LockListener.class;
    } catch (NoSuchMethodException e) {
      // A native image may have no record of the method.
      return true;
    }
  }

  private void tell(Consumer<LockListener> event) {
    try {
      event.accept(first);
    } catch (Throwable t) {
      tellSecond(event, t);
      throw t;
    }
    event.accept(second);
  }

  private void tellSecond(Consumer<LockListener> event, Throwable thrown) {
    try {
      event.accept(second);
    } catch (Throwable t) {
      if (t != thrown) {
        thrown.addSuppressed(t);
      }
    }
  }

  @Override
  public void acquired(HeldLock lock) {
    tell(listener -> listener.acquired(lock));
  }

  @Override
  public void released(HeldLock lock) {
    tell(listener -> listener.released(lock));
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    tell(listener -> listener.releaseUnconfirmed(lock, failure));
  }

  @Override
  public void jeopardy(HeldLock lock) {
    tell(listener -> listener.jeopardy(lock));
  }

  @Override
  public void safe(HeldLock lock) {
    tell(listener -> listener.safe(lock));
  }

  @Override
  public void revoked(HeldLock lock, Revocation revocation) {
    tell(listener -> listener.revoked(lock, revocation));
  }

  @Override
  public void waitBegan(LockKey key) {
    tell(listener -> listener.waitBegan(key));
  }

  @Override
  public void waitEnded(LockKey key) {
    tell(listener -> listener.waitEnded(key));
  }

  @Override
  public void malformedItem(MalformedLockItemException problem) {
    tell(listener -> listener.malformedItem(problem));
  }

  @Override
  public void clockSuspect(Duration unseen, String description) {
    tell(listener -> listener.clockSuspect(unseen, description));
  }

  @Override
  public void acquisitionEnded(AcquisitionEnded event) {
    tell(listener -> listener.acquisitionEnded(event));
  }

  @Override
  public void renewalEnded(RenewalEnded event) {
    tell(listener -> listener.renewalEnded(event));
  }

  @Override
  public void requestEnded(RequestEnded event) {
    tell(listener -> listener.requestEnded(event));
  }

  @Override
  public void eventsDropped(long number) {
    tell(listener -> listener.eventsDropped(number));
  }

  @Override
  public String toString() {
    return first + " and " + second;
  }
}
