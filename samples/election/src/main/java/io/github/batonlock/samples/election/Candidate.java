package io.github.batonlock.samples.election;

import io.github.batonlock.LockClient;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import io.github.batonlock.samples.common.LocalEngine;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A process that wants to lead: all of a program with an election, and a report of each moment in
 * which it leads.
 *
 * <p>It hands over or ends when it is told to on stdin, and ends when stdin does.
 */
final class Candidate {
  private static final int MILLIS_BETWEEN_REPORTS = 20;

  private Candidate() {}

  public static void main(String[] args) throws Exception {
    String name = args[0];
    try (DynamoDbClient dynamoDb = LocalEngine.connect(URI.create(args[1]));
        LockClient client = Table.client(dynamoDb, name + "-" + ProcessHandle.current().pid());
        LeaderElection election =
            LeaderElection.builder(client, Table.KEY)
                .candidateId(name)
                .payload(SdkBytes.fromUtf8String("pid " + ProcessHandle.current().pid()))
                .listener(new Reporter())
                .campaign()) {
      ScheduledExecutorService work = Executors.newSingleThreadScheduledExecutor();
      work.scheduleAtFixedRate(
          () -> election.term().ifPresent(Candidate::lead),
          0,
          MILLIS_BETWEEN_REPORTS,
          TimeUnit.MILLISECONDS);
      obey(election);
      work.shutdown();
    }
  }

  /** What a leader does: one step, if it leads at that moment. */
  private static void lead(Term term) {
    long now = System.currentTimeMillis();
    if (term.isHeld()) {
      tell(new Report(Report.Kind.LEADS, term.fencingToken(), now, ""));
    }
  }

  private static void obey(LeaderElection election) throws Exception {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String next = orders.readLine();
        next != null && !next.equals(CandidateProcess.END);
        next = orders.readLine()) {
      election.handOverTo(next).join();
    }
  }

  private static void tell(Report report) {
    System.out.println(report.toLine());
    System.out.flush();
  }

  private static final class Reporter implements LeaderElection.Listener {
    @Override
    public void elected(Term term) {
      tell(new Report(Report.Kind.ELECTED, term.fencingToken(), System.currentTimeMillis(), ""));
    }

    @Override
    public void termEnded(Term term, Reason reason) {
      tell(
          new Report(
              Report.Kind.ENDED, term.fencingToken(), System.currentTimeMillis(), reason.toString()));
    }
  }
}
