package io.github.batonlock.samples.election;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockTable;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.recipe.election.LeaderElection.Leader;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Three processes elect a leader. The leader is killed, and another one leads within a lease; that
 * one hands over to a candidate of its choice.
 *
 * <p>Exits with 1 if two led at a time, or no new leader came in time.
 */
final class Election {
  /** For the start of three JVMs. */
  private static final Duration FIRST = Duration.ofSeconds(20);

  /** A lease after a death, a look, an election, and a busy machine. */
  private static final Duration AFTER_DEATH = Table.LEASE.plusMillis(2_500);

  private static final Duration HAND_OVER = Duration.ofSeconds(5);
  private static final Duration IN_OFFICE = Duration.ofSeconds(4);
  private static final int MILLIS_BETWEEN_CHECKS = 10;

  private final Timeline timeline = new Timeline();
  private final Terms terms = new Terms();
  private final List<CandidateProcess> candidates = new ArrayList<>();

  /** Something went otherwise than promised. */
  private static final class BrokenPromiseException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenPromiseException(String message) {
      super(message);
    }
  }

  public static void main(String[] args) throws Exception {
    int exitCode = 0;
    try (LocalEngine engine = LocalEngine.start()) {
      new Election().run(engine.endpoint());
    } catch (BrokenPromiseException e) {
      System.err.println("NOT AS PROMISED: " + e.getMessage());
      exitCode = 1;
    }
    // Exits, because DynamoDB Local leaves threads behind.
    System.exit(exitCode);
  }

  private void run(URI endpoint) throws Exception {
    try (DynamoDbClient dynamoDb = LocalEngine.connect(endpoint);
        LockClient client = Table.client(dynamoDb, "observer")) {
      LockTable.createIfMissing(dynamoDb, Table.NAME);
      try (LeaderElection observer =
          LeaderElection.builder(client, Table.KEY).listener(new Observer()).observe()) {
        for (String name : List.of("alice", "bob", "carol")) {
          candidates.add(CandidateProcess.start(name, endpoint, this::heard));
        }
        timeline.add("election", "lease " + Timeline.show(Table.LEASE) + ", three candidates");
        play(observer);
      }
    } finally {
      candidates.forEach(CandidateProcess::close);
      System.out.println();
      terms.lines().forEach(System.out::println);
    }
    checkOverlap();
    System.out.println();
    System.out.println("At no time did two lead.");
  }

  private void play(LeaderElection observer) throws Exception {
    CandidateProcess first = awaitLeader(FIRST, "at the start");
    stayFor(IN_OFFICE);

    first.kill();
    terms.killed(first.name());
    timeline.add("election", "kills " + first.name() + " (pid " + first.pid() + ")");
    CandidateProcess second = awaitLeader(AFTER_DEATH, "after the leader was killed");
    timeline.add("election", "nobody led for " + terms.lastGap() + " ms");
    stayFor(IN_OFFICE);
    String seen = observer.leader().map(Leader::candidateId).orElse("nobody");
    if (!seen.equals(second.name())) {
      throw new BrokenPromiseException(second.name() + " leads, but the observer sees " + seen);
    }

    CandidateProcess third =
        candidates.stream().filter(each -> each != first && each != second).findAny().orElseThrow();
    timeline.add("election", "asks " + second.name() + " to hand over to " + third.name());
    second.order(third.name());
    await(
        HAND_OVER,
        third.name() + " did not lead after the hand-over",
        () -> terms.leader().equals(Optional.of(third.name())));
    timeline.add("election", "nobody led for " + terms.lastGap() + " ms");
    stayFor(IN_OFFICE);

    // The one that only waits first, so that nobody is elected at the end.
    end(second);
    end(third);
  }

  private void end(CandidateProcess candidate) throws Exception {
    candidate.order(CandidateProcess.END);
    await(
        HAND_OVER,
        candidate.name() + " did not end when it was told to",
        () -> !candidate.isAlive());
  }

  private void heard(CandidateProcess candidate, Report report) {
    terms.heard(candidate.name(), report);
    switch (report.kind()) {
      case ELECTED -> timeline.add(candidate.name(), "is elected, term " + report.term());
      case ENDED -> timeline.add(candidate.name(), "leads no more: " + report.detail());
      case LEADS -> {}
    }
  }

  private CandidateProcess awaitLeader(Duration limit, String when) throws Exception {
    await(
        limit,
        "No leader within " + Timeline.show(limit) + " " + when,
        () -> terms.leader().isPresent());
    String name = terms.leader().orElseThrow();
    return candidates.stream().filter(each -> each.name().equals(name)).findAny().orElseThrow();
  }

  private void stayFor(Duration time) throws Exception {
    Duration end = timeline.elapsed().plus(time);
    while (timeline.elapsed().compareTo(end) < 0) {
      checkOverlap();
      Thread.sleep(MILLIS_BETWEEN_CHECKS);
    }
  }

  private void await(Duration limit, String failure, BooleanSupplier condition) throws Exception {
    Duration end = timeline.elapsed().plus(limit);
    while (!condition.getAsBoolean()) {
      checkOverlap();
      if (timeline.elapsed().compareTo(end) > 0) {
        throw new BrokenPromiseException(failure);
      }
      Thread.sleep(MILLIS_BETWEEN_CHECKS);
    }
  }

  private void checkOverlap() throws BrokenPromiseException {
    Optional<String> overlap = terms.overlap();
    if (overlap.isPresent()) {
      throw new BrokenPromiseException(overlap.get());
    }
  }

  /** Somebody who never leads, and knows who does. */
  private final class Observer implements LeaderElection.Listener {
    @Override
    public void leaderChanged(Optional<Leader> leader) {
      timeline.add(
          "observer",
          leader
              .map(l -> "sees " + l.candidateId() + " lead (" + l.payload().asUtf8String() + ")")
              .orElse("sees nobody lead"));
    }
  }
}
