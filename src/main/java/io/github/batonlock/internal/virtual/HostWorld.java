package io.github.batonlock.internal.virtual;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A world of hosts whose time one thread moves: the test's, by itself or while it waits. Code of
 * the hosts runs on threads that take turns with it.
 */
public final class HostWorld {
  /** How long a thread that makes another one takes until it waits for it, at most. */
  private static final long GRACE_NANOS = 1_000_000_000;

  public final VirtualTime time = new VirtualTime();
  private final Supplier<String> state;
  private final List<String> misuses = Collections.synchronizedList(new ArrayList<>());
  private volatile Thread mover = Thread.currentThread();
  private volatile boolean moving;
  private volatile Duration limit;

  /**
   * A world that the calling thread moves.
   *
   * @param limit how much virtual time one wait may take
   * @param state what the hosts are doing, for the message of a wait that does not end
   */
  public HostWorld(Duration limit, Supplier<String> state) {
    this.limit = limit;
    this.state = state;
  }

  /** How much virtual time one wait may take from now on. */
  public void limit(Duration longest) {
    limit = longest;
  }

  /**
   * Refuses a thread that would run beside the world's own. A thread that the mover waits for, as
   * that of a test with a timeout, becomes the mover.
   */
  void check(String host) {
    UserThread own = UserThread.current();
    if (!(own == null ? mayMove(Thread.currentThread()) : own.hasTurn())) {
      String misuse =
          "Thread '%s' called the client %s, whose time is virtual, while thread '%s' ran. Start the"
                  .formatted(Thread.currentThread().getName(), host, mover.getName())
              + " code with TestHost.start, give it TestHost.executor(), or use"
              + " BatonExtension.realTime()";
      misuses.add(misuse);
      throw new IllegalStateException(misuse);
    }
  }

  private boolean mayMove(Thread caller) {
    long began = System.nanoTime();
    while (caller != mover && !moving && System.nanoTime() - began < GRACE_NANOS) {
      // It may be about to wait.
      boolean isFree =
          switch (mover.getState()) {
            case NEW, RUNNABLE, BLOCKED -> false;
            case WAITING, TIMED_WAITING, TERMINATED -> true;
          };
      if (isFree) {
        mover = caller;
      } else {
        Thread.onSpinWait();
      }
    }
    return caller == mover;
  }

  /** Code of the test calls: its thread moves the world from now on. */
  public void enter() {
    if (UserThread.current() == null && !moving) {
      mover = Thread.currentThread();
    }
  }

  /** Lets the given time go by. */
  public void advance(Duration duration) {
    enter();
    check("of the testbed");
    boolean before = moving;
    moving = true;
    try {
      time.advance(duration);
    } finally {
      moving = before;
    }
  }

  /** What threads of other code did although they may not. */
  public List<String> misuses() {
    return List.copyOf(misuses);
  }

  /**
   * Moves the time until something is so.
   *
   * @param what for the message, as what there is none of: "no end of a call"
   * @param isSo looked at after each thing that happens
   * @throws AssertionError if it takes longer than the limit, or nothing is left that may happen
   * @throws InterruptedException if the calling thread is interrupted
   */
  public void moveUntil(String what, BooleanSupplier isSo) throws InterruptedException {
    check("of the testbed");
    boolean before = moving;
    moving = true;
    try {
      move(what, isSo);
    } finally {
      moving = before;
    }
  }

  private void move(String what, BooleanSupplier isSo) throws InterruptedException {
    long began = time.nanos();
    long end = began + limit.toNanos();
    while (!isSo.getAsBoolean()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!time.runNext(end)) {
        boolean nothingIsLeft = !time.runNext(Long.MAX_VALUE);
        throw new AssertionError(failure(what, nothingIsLeft, began));
      }
    }
  }

  private String failure(String what, boolean nothingIsLeft, long began) {
    return "%s within %s of virtual time (from %s to %s after the begin)%s. %s"
        .formatted(
            what,
            seconds(limit.toNanos()),
            seconds(began),
            seconds(time.nanos()),
            nothingIsLeft ? ", and nothing is left that could happen" : "",
            state.get());
  }

  private static String seconds(long nanos) {
    return Duration.ofNanos(nanos).toMillis() / 1000.0 + " s";
  }
}
