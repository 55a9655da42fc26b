package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.store.GrantsAnswer;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One process's way to the table: the SDK with its attempts, timeouts and retries, and a network.
 *
 * <p>What the SDK does happens on the node's machine: not while it is paused, and by its clock.
 */
final class Link implements LockStore {
  private static final int MAX_ATTEMPTS = 4;

  private final SimulatedWorld world;
  private final Node node;
  private final SplittableRandom random;
  private Condition condition = Condition.HEALTHY;
  private boolean crashed;
  private long sent;

  Link(SimulatedWorld world, Node node) {
    this.world = world;
    this.node = node;
    this.random = world.random.split();
  }

  void condition(Condition condition) {
    this.condition = condition;
  }

  /** How many requests the client has sent. */
  long sent() {
    return sent;
  }

  Condition condition() {
    return condition;
  }

  void crash() {
    crashed = true;
  }

  @Override
  public CompletableFuture<WriteAnswer> write(LockWrite write, Timeouts timeouts) {
    Send send = world.history.sending(node, write);
    long sent = node.machine.nanoTime();
    return new Call<>(
            write.getClass().getSimpleName(),
            true,
            timeouts,
            isRetry -> world.table.write(send, isRetry),
            answer -> {
              // The worst moments for an executor: a loss, and a grant.
              node.executor.mayFail(!answer.applied() ? 2 : write.isGrant() ? 8 : 64);
              if (answer.applied()) {
                world.history.answered(send);
              }
              node.heard(answer.serverDate(), sent);
            })
        .start();
  }

  @Override
  public CompletableFuture<ReadAnswer> read(LockKey key, boolean consistent, Timeouts timeouts) {
    long sent = node.machine.nanoTime();
    return new Call<>(
            consistent ? "Look" : "Poll",
            false,
            timeouts,
            isRetry -> world.table.read(node, key, consistent),
            answer -> node.heard(answer.serverDate(), sent))
        .start();
  }

  /** The SDK's own retry of a transaction meets its first attempt: no token makes it idempotent. */
  @Override
  public CompletableFuture<GrantsAnswer> grantAll(List<LockWrite> grants, Timeouts timeouts) {
    List<Send> sends = grants.stream().map(grant -> world.history.sending(node, grant)).toList();
    return new Call<>(
            "Transaction",
            true,
            timeouts,
            isRetry -> world.table.writeAll(sends),
            answer -> {
              if (answer.applied()) {
                sends.forEach(world.history::answered);
              }
            })
        .start();
  }

  @Override
  public CompletableFuture<List<StoredItem>> readAll(List<LockKey> keys, Timeouts timeouts) {
    return new Call<>(
            "LookAtAll", false, timeouts, isRetry -> world.table.readAll(keys), answer -> {})
        .start();
  }

  @Override
  public CompletableFuture<ItemPage> list(@Nullable PageToken after, Timeouts timeouts) {
    throw new UnsupportedOperationException("no user in the simulation lists locks");
  }

  /** One request of the client's, with the SDK's own attempts. */
  private final class Call<A> {
    private final String name;
    private final boolean isWrite;
    private final Timeouts timeouts;
    private final Function<Boolean, A> atTheTable;
    private final Consumer<A> onAnswer;
    private final CompletableFuture<A> result = new CompletableFuture<>();
    private final boolean hangs = condition == Condition.HANGING;
    private Timer total = () -> {};
    private Timer attempt = () -> {};
    private int attempts;

    /** The attempt whose answer is waited for; zero between attempts. */
    private int listening;

    Call(
        String name,
        boolean isWrite,
        Timeouts timeouts,
        Function<Boolean, A> atTheTable,
        Consumer<A> onAnswer) {
      this.name = name;
      this.isWrite = isWrite;
      this.timeouts = timeouts;
      this.atTheTable = atTheTable;
      this.onAnswer = onAnswer;
    }

    CompletableFuture<A> start() {
      sent++;
      if (!hangs) {
        total = node.machine.after(timeouts.total(), () -> fail(Kind.TIMED_OUT, isWrite));
      }
      attempt();
      return result;
    }

    private void attempt() {
      if (result.isDone() || crashed) {
        return;
      }
      int number = ++attempts;
      listening = number;
      Fate fate = Fate.of(condition, isWrite, random);
      world.trace(() -> node + " sends " + name + (number > 1 ? " again" : "") + ": " + fate);
      if (!hangs) {
        attempt = node.machine.after(timeouts.attempt(), () -> tryAgain(number, Kind.TIMED_OUT));
      }
      if (fate.isDuplicated()) {
        world.time.schedule(fate.again(), this::arrivedAgain);
      }
      if (fate.isLost()) {
        if (fate.isAnswered()) {
          later(fate.answered(), () -> failed(number, fate.failure()));
        }
      } else {
        world.time.schedule(fate.arrives(), () -> arrived(number, fate));
      }
    }

    private void arrived(int number, Fate fate) {
      A answer;
      try {
        answer = atTheTable.apply(number > 1);
      } catch (CompletionException e) {
        refused(number, fate, e);
        return;
      }
      if (fate.isAnswered()) {
        later(
            fate.answered(),
            () -> {
              if (fate.failure() == null) {
                answered(number, answer);
              } else {
                failed(number, fate.failure());
              }
            });
      }
    }

    /** The table refuses the request itself, whatever the rows. The SDK does not try again. */
    private void refused(int number, Fate fate, CompletionException e) {
      LockStoreException refusal = (LockStoreException) e.getCause();
      if (fate.isAnswered()) {
        later(
            fate.answered(),
            () -> {
              if (number == listening && !result.isDone()) {
                fail(refusal.kind(), isWrite && number > 1);
              }
            });
      }
    }

    private void arrivedAgain() {
      try {
        A unheard = atTheTable.apply(true);
        world.trace(
            () -> "a duplicate of " + node + "'s " + name + " came; nobody hears " + unheard);
      } catch (CompletionException e) {
        world.trace(() -> "a duplicate of " + node + "'s " + name + " was refused");
      }
    }

    private void later(long delayNanos, Runnable onMachine) {
      world.time.schedule(delayNanos, () -> node.machine.run(onMachine));
    }

    private void answered(int number, A answer) {
      if (number == listening && !result.isDone()) {
        stopTimers();
        onAnswer.accept(answer);
        result.complete(answer);
      }
    }

    private void failed(int number, @Nullable Failure failure) {
      if (number != listening || failure == null) {
        return;
      }
      if (failure.isRetried && number < MAX_ATTEMPTS) {
        tryAgain(number, failure.kind);
      } else {
        // Certain only if no attempt before this one may have been applied.
        fail(failure.kind, isWrite && !(failure.isCertain && number == 1));
      }
    }

    private void tryAgain(int number, Kind kind) {
      if (number != listening || result.isDone()) {
        return;
      }
      attempt.cancel();
      if (number == MAX_ATTEMPTS) {
        fail(kind, isWrite);
        return;
      }
      listening = 0;
      Duration backoff = Duration.ofMillis(random.nextInt(25, 100));
      attempt = node.machine.after(backoff, this::attempt);
    }

    private void fail(Kind kind, boolean mayHaveBeenApplied) {
      stopTimers();
      world.trace(() -> node + " has no answer to " + name + ": " + kind);
      result.completeExceptionally(
          new LockStoreException(kind, mayHaveBeenApplied, "simulated", null));
    }

    private void stopTimers() {
      total.cancel();
      attempt.cancel();
    }
  }
}
