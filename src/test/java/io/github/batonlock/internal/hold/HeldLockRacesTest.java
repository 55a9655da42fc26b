package io.github.batonlock.internal.hold;

import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.StillMachine;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.races.ModelChecking;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A held lock between its readers, the loop, those who revoke it and its holder who closes it: what
 * they see has to be what they could have seen one after the other.
 *
 * <p>So, with one ending, nobody sees the lock held after anybody has seen the ending; and none but
 * the first ending is ever seen.
 */
@Timeout(600)
class HeldLockRacesTest {
  private static final Class<?>[] OTHERS = {
    LeaseRenewer.class, HoldRefusals.class, Revocation.class
  };

  @Test
  void endingsAndReaders_inAnyOrder_areAsIfOneAfterTheOther() {
    ModelChecking.of(Endings.class)
        .asIf(OneAfterTheOther.class)
        .ignoring(OTHERS)
        .scenario("close revocation isHeld", "taken ensureHeld")
        .scenario("taken revocation", "expires isHeld ensureHeld")
        .scenario("close revocation", "renewed")
        .scenario("isHeld ensureHeld", "suspected renewed isHeld")
        .scenario("onRevoked handedOver", "taken onRevoked close")
        .check();
  }

  @Test
  void remaining_whileTimeGoesOn_isAsIfOneAfterTheOther() {
    ModelChecking.of(Remaining.class)
        .asIf(Countdown.class)
        .ignoring(OTHERS)
        .scenario("remaining remaining", "tick tick")
        .scenario("remaining remaining", "tick close remaining")
        .check();
  }

  /** One lock, and what happened to it. */
  abstract static class Model {
    final StillMachine machine = new StillMachine();
    final DefaultHeldLock lock = machine.granted();
    final long usable = lock.terms().usable().toNanos();

    ClockReading now() {
      return new ClockReading(machine.nanoTime(), 0);
    }
  }

  /** All that can end a lock, or ask for it. */
  public static class Endings extends Model {
    private final List<AtomicInteger> told = new ArrayList<>();
    private volatile boolean handingOver;
    private volatile boolean early;
    private boolean expired;

    public Endings() {
      machine.advance(usable / 2);
    }

    @Operation
    public boolean isHeld() {
      return lock.isHeld();
    }

    @Operation
    public String ensureHeld() {
      try {
        lock.ensureHeld();
        return "held";
      } catch (LockRevokedException e) {
        boolean same = lock.revocation().filter(seen -> seen == e.revocation()).isPresent();
        return same ? "revoked " + e.revocation().reason() : "revoked, and does not say so";
      } catch (LockNotHeldException e) {
        return "suspect";
      } catch (IllegalStateException e) {
        return "released";
      }
    }

    @Operation
    public String revocation() {
      return lock.revocation().map(loss -> loss.reason().name()).orElse("none");
    }

    @Operation
    public void close() {
      lock.discard();
    }

    @Operation
    public void taken() {
      lock.revoke(Revocation.Reason.TAKEN_OVER);
    }

    @Operation
    public void onRevoked() {
      AtomicInteger count = new AtomicInteger();
      synchronized (told) {
        told.add(count);
      }
      lock.onRevoked(
          loss -> {
            early |= !handingOver;
            count.incrementAndGet();
          });
    }

    @Operation
    public void handedOver() {
      handingOver = true;
      lock.handedOver();
    }

    /** A renewal, and nearly as much time as it is good for. */
    @Operation(nonParallelGroup = "loop")
    public void renewed() {
      if (!expired) {
        lock.view(new LeaseView(now(), usable, null));
        machine.advance(usable * 3 / 5);
      }
    }

    @Operation(nonParallelGroup = "loop")
    public void suspected() {
      LeaseView view = lock.view();
      lock.view(new LeaseView(view.confirmedAt(), view.usableNanos(), now()));
    }

    @Operation(nonParallelGroup = "loop")
    public void expires() {
      expired = true;
      machine.advance(2 * usable);
    }

    @Validate
    public void callbacksRanOnceIfRevoked() {
      int times = handingOver && lock.revocation().isPresent() ? 1 : 0;
      for (AtomicInteger count : told) {
        if (count.get() != times) {
          throw new AssertionError("ran " + count + " times instead of " + times);
        }
      }
      if (early) {
        throw new AssertionError("a callback ran before the acquisition had returned the lock");
      }
    }
  }

  /** What the lock has to look like. */
  public static class OneAfterTheOther {
    private String end = "";
    private boolean suspected;
    private boolean expired;

    public boolean isHeld() {
      return ensureHeld().equals("held");
    }

    public String ensureHeld() {
      endIfExpired();
      if (!end.isEmpty()) {
        return end.equals("released") ? end : "revoked " + end;
      }
      return suspected ? "suspect" : "held";
    }

    public String revocation() {
      return end.isEmpty() || end.equals("released") ? "none" : end;
    }

    public void close() {
      endIfExpired();
      end("released");
    }

    public void taken() {
      end("TAKEN_OVER");
    }

    private void endIfExpired() {
      if (expired) {
        end("LEASE_EXPIRED");
      }
    }

    private void end(String how) {
      if (end.isEmpty()) {
        end = how;
      }
    }

    public void renewed() {
      suspected &= expired;
    }

    public void suspected() {
      suspected = true;
    }

    public void expires() {
      expired = true;
    }

    public void onRevoked() {}

    public void handedOver() {}
  }

  /** What is left of a lease that is not renewed. */
  public static class Remaining extends Model {
    @Operation
    public int remaining() {
      return (int) (lock.remaining().toNanos() * 4 / usable);
    }

    @Operation(nonParallelGroup = "clock")
    public void tick() {
      machine.advance(usable / 4);
    }

    @Operation
    public void close() {
      lock.discard();
    }
  }

  /** What is left, in quarters, until the lock ends. */
  public static class Countdown {
    private int quarters = 4;
    private boolean ended;

    public int remaining() {
      ended |= quarters <= 0;
      return ended ? 0 : quarters;
    }

    public void tick() {
      quarters--;
    }

    public void close() {
      ended = true;
    }
  }
}
