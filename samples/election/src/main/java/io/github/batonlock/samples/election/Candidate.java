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
                .work(Candidate::lead)
                .campaign()) {
      obey(election);
    }
  }

  /** What a leader does, until an interrupt at the end of its term: one step after another. */
  private static void lead(Term term) throws InterruptedException {
    while (true) {
      long now = System.currentTimeMillis();
      term.ensureHeld();
      tell(new Report(Report.Kind.LEADS, term.fencingToken(), now, ""));
      Thread.sleep(MILLIS_BETWEEN_REPORTS);
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
              Report.Kind.ENDED,
              term.fencingToken(),
              System.currentTimeMillis(),
              reason.toString()));
    }
  }
}
