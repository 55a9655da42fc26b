package io.github.batonlock.samples.quickstart;

import io.github.batonlock.recipe.RunOnce.Outcome;
import io.github.batonlock.samples.common.Timeline;
import io.github.batonlock.samples.quickstart.Contest.BrokenPromiseException;
import io.github.batonlock.samples.quickstart.WorkerProcess.Event;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The job that must run once, and its referee: a first host begins the run and is killed in the
 * middle; three more are started for the same run later, half a second apart. Each looks once. One
 * of them does the run, the other two skip it.
 */
final class NightlyJob implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration APART = Duration.ofMillis(500);

  private final Target target;
  private final Timeline timeline;
  private final String run = Instant.now().toString();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final List<WorkerProcess> hosts = new ArrayList<>();
  private Duration killedAt = Duration.ZERO;

  NightlyJob(Target target, Timeline timeline) {
    this.target = target;
    this.timeline = timeline;
  }

  /** Starts the first host, and kills it in the middle of its work. */
  void killFirstHost() throws IOException, InterruptedException {
    WorkerProcess host = start("host-1", "--hang");
    Event begun = next();
    if (begun.line() == null || !begun.line().startsWith(Job.BEGINS)) {
      throw new BrokenPromiseException("host-1 was first, and did not begin: " + begun.line());
    }
    host.kill();
    killedAt = timeline.elapsed();
    timeline.add("quickstart", "kills host-1 (kill -9) in the middle of run " + run);
    while (next().line() != null) {
      // Only its end is left.
    }
  }

  /**
   * Starts three more hosts for the same run.
   *
   * @return what was shown
   */
  String runOnOthers() throws IOException, InterruptedException {
    Duration age = timeline.elapsed().minus(killedAt);
    timeline.add(
        "quickstart",
        "starts host-2, host-3 and host-4, "
            + APART.toMillis()
            + " ms apart, "
            + Timeline.show(age)
            + " after the kill; each looks once");
    for (int i = 2; i <= 4; i++) {
      start("host-" + i);
      Thread.sleep(APART.toMillis());
    }
    Map<Outcome, Integer> outcomes = outcomes();
    int done = outcomes.getOrDefault(Outcome.DONE, 0);
    if (done != 1) {
      throw new BrokenPromiseException("One host should have done the run; " + outcomes);
    }
    return "- A job whose worker was killed was done once: the first host that looked, "
        + Timeline.show(age)
        + " later, took it over at first sight (lease "
        + Timeline.show(Job.LEASE)
        + "), and two skipped it.";
  }

  private Map<Outcome, Integer> outcomes() throws InterruptedException {
    Map<Outcome, Integer> outcomes = new HashMap<>();
    for (int ended = 0; ended < 3; ) {
      Event event = next();
      if (event.line() == null) {
        ended++;
        if (event.from().exitCode() != 0) {
          throw new BrokenPromiseException(event.from().name() + " failed");
        }
      } else if (event.line().startsWith(Job.BEGINS)) {
        timeline.add(event.from().name(), "does the run");
      } else {
        Outcome outcome = Outcome.valueOf(event.line());
        timeline.add(event.from().name(), describe(outcome));
        outcomes.merge(outcome, 1, Integer::sum);
      }
    }
    return outcomes;
  }

  private static String describe(Outcome outcome) {
    return switch (outcome) {
      case DONE -> "has done the run";
      case DONE_BEFORE -> "skips the run: it is done";
      case RUNNING -> "skips the run: another host does it";
    };
  }

  private WorkerProcess start(String name, String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of("--run", run));
    Collections.addAll(all, options);
    WorkerProcess host = WorkerProcess.start(Job.class, name, target, all, events);
    hosts.add(host);
    return host;
  }

  private Event next() throws InterruptedException {
    Event event = events.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (event == null) {
      throw new BrokenPromiseException("No host reported within " + Timeline.show(LIMIT));
    }
    return event;
  }

  @Override
  public void close() {
    hosts.forEach(WorkerProcess::close);
  }
}
