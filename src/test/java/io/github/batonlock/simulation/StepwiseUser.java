package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.client.CutCalls;
import io.github.batonlock.internal.client.CutCalls.Acquiring;
import io.github.batonlock.internal.client.CutCalls.GuardedCall;
import io.github.batonlock.internal.virtual.Blocked;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@link BlockingUser} does, without a thread: one step after another, each call cut where it
 * blocks. Costs nothing while it waits, where two hand-overs between threads cost more than all
 * that happens meanwhile.
 *
 * <pre>
 *   call --result, failure--> hold --pass, look, pass, look...--> release --> ended
 *     `--interrupted, refused------------------------------------------------^
 * </pre>
 */
final class StepwiseUser implements Blocked {
  private final SimulatedWorld world;
  private final Users users;
  private final Node node;
  private final CutCalls calls;
  private final Runnable then;

  /** What an interrupt ends; null while there is nothing. */
  private @Nullable CompletableFuture<?> awaited;

  private Step afterAwaited = () -> {};
  private boolean ended;

  /** Straight-line code between two calls that block. */
  private interface Step {
    void run() throws InterruptedException;
  }

  /**
   * The second half of a call.
   *
   * @param <T> what it returns
   */
  private interface SecondHalf<T> {
    T run() throws InterruptedException;
  }

  StepwiseUser(SimulatedWorld world, Users users, Node node, Runnable then) {
    this.world = world;
    this.users = users;
    this.node = node;
    this.calls = CutCalls.of(node.client);
    this.then = then;
  }

  void work() {
    LockRequest request = users.request(world.someKey(), node);
    run(
        switch (world.random.nextInt(3)) {
          case 0 -> () -> lookOnce(request);
          case 1 -> () -> acquire(request);
          default -> () -> call(request);
        });
  }

  private void run(Step step) {
    try {
      step.run();
    } catch (InterruptedException e) {
      world.trace(() -> node + " was interrupted");
      end();
    } catch (RuntimeException e) {
      if (!users.isDocumented(e, node)) {
        throw e;
      }
      end();
    }
  }

  private void end() {
    ended = true;
    then.run();
  }

  private void lookOnce(LockRequest request) {
    Wait look = users.looks(node, request);
    Acquiring acquiring = begun(look, calls::tryAcquire, request.withoutWaiting());
    await(
        acquiring,
        () -> {
          HeldLock lock = returned(look, acquiring::finish).orElse(null);
          if (lock == null) {
            end();
          } else {
            holdAndClose(users.granted(node, lock, request));
          }
        });
  }

  private void acquire(LockRequest request) {
    Wait wait = users.waits(node, request.key(), request);
    Acquiring acquiring = begun(wait, calls::acquire, request);
    await(
        acquiring,
        () -> {
          HeldLock lock = returned(wait, acquiring::finish).orElseThrow();
          wait.hold = users.granted(node, lock, request);
          holdAndClose(wait.hold);
        });
  }

  private void call(LockRequest request) {
    Wait wait = users.waits(node, request.key(), request);
    Acquiring acquiring = begun(wait, calls::acquire, request);
    await(
        acquiring,
        () -> {
          GuardedCall call = returned(wait, acquiring::finishGuarded);
          if (call.isLost()) {
            endCall(call, () -> {});
          } else {
            workGuarded(call, wait, request);
          }
        });
  }

  private Acquiring begun(Wait wait, Function<LockRequest, Acquiring> call, LockRequest request) {
    try {
      return call.apply(request);
    } catch (RuntimeException e) {
      users.ended(wait);
      throw e;
    }
  }

  private <T> T returned(Wait wait, SecondHalf<T> call) throws InterruptedException {
    try {
      return call.run();
    } finally {
      users.ended(wait);
    }
  }

  private void holdAndClose(Hold hold) {
    hold.lock.onRevoked(revocation -> users.told(hold, revocation));
    work(hold, () -> close(hold));
  }

  private void close(Hold hold) {
    Reading at = node.reading();
    hold.closeAskedAt = at.world();
    CompletableFuture<Void> closed = hold.lock.closeAsync();
    UserCall unusedToo = users.calls(node.release(hold.toString())).until(closed);
    whenDone(
        closed,
        () -> {
          Void unused = closed.join();
          users.closed(hold, at);
          end();
        });
  }

  private void workGuarded(GuardedCall call, Wait wait, LockRequest request) {
    Hold hold = users.granted(node, call.lock(), request);
    wait.hold = hold;
    hold.workEndedAt = Long.MAX_VALUE;
    hold.lock.onRevoked(revocation -> users.told(hold, revocation));
    work(
        hold,
        () -> {
          Reading workEnded = node.reading();
          hold.workEndedAt = workEnded.world();
          hold.closeAskedAt = workEnded.world();
          endCall(call, () -> users.closed(hold, workEnded));
        });
  }

  private void endCall(GuardedCall call, Runnable ifReleased) {
    CompletableFuture<Void> returns = call.end();
    UserCall unusedToo = users.calls(node.release("guarded work")).until(returns);
    whenDone(
        returns,
        () -> {
          @Nullable Throwable failure = returns.handle((nothing, thrown) -> thrown).join();
          if (failure == null) {
            ifReleased.run();
          } else if (failure.getCause() instanceof LockRevokedException e) {
            world.trace(() -> node + " was told by the end of its work: " + reason(e));
          } else {
            Void unused = returns.join();
          }
          end();
        });
  }

  private static String reason(LockRevokedException e) {
    return e.revocation().reason().toString();
  }

  private void work(Hold hold, Step whenDone) {
    steps(world.random.nextInt(1, 6), hold, whenDone);
  }

  private void steps(int left, Hold hold, Step whenDone) {
    if (left == 0 || !users.looksAt(hold) || !users.mayBegin(node)) {
      users.looksAt(hold);
      run(whenDone);
      return;
    }
    node.machine.after(
        world.upTo(users.longestWork(node).dividedBy(2)),
        () -> {
          if (world.scenario.has(Scenario.Hazard.LIMITS) && world.chance(2)) {
            users.goesOn(hold);
          }
          steps(left - 1, hold, whenDone);
        });
  }

  private void await(Acquiring acquiring, Step next) {
    CompletableFuture<?> result = acquiring.result();
    awaited = result;
    afterAwaited = next;
    whenDone(
        result,
        () -> {
          if (awaited == result) {
            awaited = null;
            next.run();
          }
        });
  }

  /** As a thread that waits would: in a moment of its own, and not while the process is paused. */
  private void whenDone(CompletableFuture<?> future, Step next) {
    future.whenComplete(
        (value, failure) -> world.time.schedule(0, () -> node.machine.run(() -> run(next))));
  }

  @Override
  public void interrupt() {
    if (awaited != null && !awaited.isDone()) {
      awaited = null;
      // The call's second half finds it so, and gives up.
      Thread.currentThread().interrupt();
      run(afterAwaited);
    }
  }

  @Override
  public void kill() {
    ended = true;
  }

  @Override
  public boolean isEnded() {
    return ended;
  }
}
