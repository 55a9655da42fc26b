package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockClient;
import io.github.batonlock.integration.TableFixture;
import io.github.batonlock.recipe.RunOnce.Done;
import io.github.batonlock.recipe.RunOnce.Outcome;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.RequestCounter;
import io.github.batonlock.support.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs on a real table, with real clients, threads and processes. */
class RunOnceIT extends TableFixture {
  private final RequestCounter counter = new RequestCounter();

  @ParameterizedTest
  @EnumSource
  void run_isOneReadAndThreeWrites_andOneReadForEveryLaterCaller(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          LockClient worker = counted(sdk, counter);
          LockClient other = counted(sdk, counter);
          String key = newKey();

          assertThat(RunOnce.of(worker, key, "r").tryRun(lock -> {})).isEqualTo(Outcome.DONE);
          assertThat(counter.counts()).isEqualTo(Map.of("GetItem", 1, "UpdateItem", 3));

          counter.reset();
          assertThat(RunOnce.of(other, key, "r").tryRun(lock -> {})).isEqualTo(Outcome.DONE_BEFORE);
          assertThat(RunOnce.of(other, key, "r").run(Duration.ofMinutes(1), lock -> {}))
              .isEqualTo(Outcome.DONE_BEFORE);
          assertThat(RunOnce.of(worker, key, "r").done()).isPresent();
          assertThat(counter.counts()).isEqualTo(Map.of("GetItem", 3));
        });
  }

  @Test
  void threeClients_oneAfterAnother_areOneRunAndTwoSkips() throws Exception {
    String key = newKey();
    List<Outcome> outcomes = new ArrayList<>();
    AtomicInteger runs = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      outcomes.add(RunOnce.of(client(), key, Instant.EPOCH).tryRun(lock -> runs.incrementAndGet()));
    }

    assertThat(outcomes).containsExactly(Outcome.DONE, Outcome.DONE_BEFORE, Outcome.DONE_BEFORE);
    assertThat(runs).hasValue(1);
  }

  @Test
  void manyCallersAtOnce_areOneRun() throws Exception {
    String key = newKey();
    AtomicInteger runs = new AtomicInteger();
    List<CompletableFuture<Outcome>> all = new ArrayList<>();
    for (int c = 0; c < 3; c++) {
      LockClient client = client();
      for (int t = 0; t < 4; t++) {
        all.add(
            inBackground(
                () ->
                    RunOnce.of(client, key, "r")
                        .run(Duration.ofMinutes(1), lock -> runs.incrementAndGet())));
      }
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (CompletableFuture<Outcome> each : all) {
      outcomes.add(Eventually.get(each));
    }

    assertThat(runs).hasValue(1);
    assertThat(outcomes).containsOnlyOnce(Outcome.DONE).doesNotContain(Outcome.RUNNING);
  }

  @Test
  void workerKilledInTheMiddle_isReplaced_andTheRunIsDoneOnce() throws Exception {
    Assumptions.assumeFalse(
        System.getProperty("baton.endpoint", "").equals("aws"),
        "child JVMs get an endpoint, and dummy credentials");
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    Assumptions.assumeTrue(os.contains("linux") || os.contains("mac"), "needs kill -9");
    String key = newKey();
    Duration lease = Duration.ofSeconds(4);
    Worker first = closing(Worker.start("once", table, key, lease, 0));
    long token = Long.parseLong(first.await("working "));
    RunOnce second = RunOnce.of(client(b -> b.leaseDuration(lease)), key, "r");
    assertThat(second.tryRun(lock -> {})).isEqualTo(Outcome.RUNNING);

    first.kill();

    List<Long> tokens = new ArrayList<>();
    assertThat(second.run(Duration.ofMinutes(1), lock -> tokens.add(lock.fencingToken())))
        .isEqualTo(Outcome.DONE);
    assertThat(tokens).containsExactly(token + 1);
    assertThat(first.lines("outcome ")).isEmpty();
    assertThat(second.done().map(Done::fencingToken)).contains(token + 1);
    assertThat(RunOnce.of(client(), key, "r").tryRun(lock -> tokens.add(0L)))
        .isEqualTo(Outcome.DONE_BEFORE);
    assertThat(tokens).hasSize(1);
  }
}
