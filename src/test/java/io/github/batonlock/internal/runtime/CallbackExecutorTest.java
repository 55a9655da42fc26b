package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.virtual.Machine;
import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.support.Throwing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tasks, and executors that do with them what they like. */
class CallbackExecutorTest {
  private final VirtualTime time = new VirtualTime();
  private final Machine loop = time.machine();
  private final Refusing users = new Refusing();
  private final Refusing own = new Refusing();
  private final CallbackExecutor callbacks = new CallbackExecutor(users, own, loop);
  private final List<String> ran = new ArrayList<>();

  /** Keeps the tasks that it is given, or throws. */
  private final class Refusing implements Executor {
    private final Deque<Runnable> taken = new ArrayDeque<>();
    private final List<Long> offeredAt = new ArrayList<>();
    private @Nullable Throwable thrown;
    private boolean takesAllTheSame;

    @Override
    public void execute(Runnable task) {
      offeredAt.add(time.elapsed().toMillis());
      if (thrown == null || takesAllTheSame) {
        taken.add(task);
      }
      if (thrown != null) {
        Throwing.sneaky(thrown);
      }
    }

    void runTaken() {
      while (!taken.isEmpty()) {
        taken.remove().run();
      }
    }
  }

  private static List<Throwable> kinds() {
    return Throwing.kinds().toList();
  }

  private void execute(String name) {
    callbacks.execute(() -> ran.add(name));
  }

  @Test
  void task_thatTheUsersExecutorTakes_isOfferedToNoOther() {
    execute("task");

    assertThat(own.offeredAt).isEmpty();
    assertThat(ran).isEmpty();
    users.runTaken();
    assertThat(ran).containsExactly("task");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void task_whateverTheUsersExecutorThrows_runsOnAThreadOfTheClients(Throwable thrown) {
    users.thrown = thrown;

    execute("task");
    own.runTaken();

    assertThat(ran).containsExactly("task");
  }

  @Test
  void task_withoutAnExecutorOfTheUsers_runsOnAThreadOfTheClients() {
    new CallbackExecutor(null, own, loop).execute(() -> ran.add("task"));
    own.runTaken();

    assertThat(ran).containsExactly("task");
  }

  /** As a pool does that queues a task, and then cannot make the thread for it. */
  @Test
  void task_thatIsTakenAndRefused_runsOnce() {
    users.thrown = new OutOfMemoryError("unable to create native thread");
    users.takesAllTheSame = true;

    execute("task");
    own.runTaken();
    users.runTaken();

    assertThat(ran).containsExactly("task");
  }

  /** As a pool does whose policy is to let the caller run what it has no room for. */
  @Test
  void task_thatAnExecutorRunsOnTheCallingThread_isMovedToAnother() {
    CallbackExecutor direct = new CallbackExecutor(Runnable::run, own, loop);
    direct.execute(() -> ran.add("task"));

    assertThat(ran).isEmpty();
    own.runTaken();
    assertThat(ran).containsExactly("task");
  }

  @Test
  void task_thatGetsNoThread_isOfferedAgainAfterPausesThatDoubleUpToASecond() {
    users.thrown = new IllegalStateException("not now");
    own.thrown = new OutOfMemoryError("unable to create native thread");
    execute("task");
    time.advance(Duration.ofSeconds(3));
    assertThat(users.offeredAt)
        .containsExactly(0L, 10L, 30L, 70L, 150L, 310L, 630L, 1_270L, 2_270L)
        .isEqualTo(own.offeredAt);

    users.thrown = null;
    time.advance(Duration.ofSeconds(1));
    users.runTaken();
    time.advance(Duration.ofHours(1));

    assertThat(ran).containsExactly("task");
    assertThat(users.offeredAt).hasSize(10);
    assertThat(own.offeredAt).hasSize(9);
  }

  @Test
  void tasks_thatGetNoThread_areOfferedTheFirstOfThemOnly_andRunInTheirOrder() {
    own.thrown = new OutOfMemoryError("unable to create native thread");
    users.thrown = own.thrown;
    execute("first");
    execute("second");
    execute("third");
    time.advance(Duration.ofMillis(10));
    assertThat(own.offeredAt).containsExactly(0L, 0L, 0L, 10L);

    own.thrown = null;
    time.advance(Duration.ofMillis(20));
    own.runTaken();

    assertThat(ran).containsExactly("first", "second", "third");
  }

  /** A thread that is there does for all that wait. */
  @Test
  void tasks_thatGetNoThread_runOnOneThatBecomesFree() {
    execute("first");
    users.thrown = new OutOfMemoryError("unable to create native thread");
    own.thrown = users.thrown;
    execute("second");
    execute("third");

    users.runTaken();

    assertThat(ran).containsExactly("first", "second", "third");
    time.advance(Duration.ofHours(1));
    assertThat(own.offeredAt).containsExactly(0L, 0L);
    assertThat(ran).hasSize(3);
  }

  @Test
  void task_afterAnotherHasWaited_waitsFromTheShortestPauseOn() {
    own.thrown = new OutOfMemoryError("unable to create native thread");
    users.thrown = own.thrown;
    execute("first");
    time.advance(Duration.ofMillis(100));
    own.thrown = null;
    time.advance(Duration.ofMillis(100));
    own.offeredAt.clear();
    own.thrown = users.thrown;

    execute("second");
    time.advance(Duration.ofMillis(10));

    assertThat(own.offeredAt).containsExactly(200L, 210L);
  }

  @Test
  void tasks_thatGetNoThread_runOnTheLoopsLastThread() {
    own.thrown = new OutOfMemoryError("unable to create native thread");
    users.thrown = own.thrown;
    execute("first");
    callbacks.execute(
        () -> {
          throw new AssertionError("user code fails");
        });
    execute("third");
    assertThat(ran).isEmpty();

    Thread.currentThread().interrupt();
    callbacks.loopEnded();

    assertThat(ran).containsExactly("first", "third");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void task_afterTheLoopHasEnded_runsOnTheCallingThreadIfThereIsNoOther() {
    callbacks.loopEnded();
    execute("on the user's executor");
    users.thrown = new IllegalStateException("shut down");
    execute("on a thread of the client's");
    own.thrown = new OutOfMemoryError("unable to create native thread");
    execute("here");

    assertThat(ran).containsExactly("here");
    users.runTaken();
    own.runTaken();
    assertThat(ran)
        .containsExactly("here", "on the user's executor", "on a thread of the client's");
  }
}
