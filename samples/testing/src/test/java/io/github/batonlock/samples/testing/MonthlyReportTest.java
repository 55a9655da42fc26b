package io.github.batonlock.samples.testing;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.Revocation;
import io.github.batonlock.testing.BatonExtension;
import io.github.batonlock.testing.LockTestbed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What becomes of the report in bad times. No test waits in real time, and each run is the same.
 */
class MonthlyReportTest {
  @RegisterExtension final BatonExtension baton = BatonExtension.virtual();

  private final List<String> archived = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private long highestToken;
  private LockTestbed bed;

  @BeforeEach
  void takeBed(LockTestbed bed) {
    this.bed = bed;
  }

  /** The service as a process of its own runs it. */
  private CompletableFuture<Boolean> writeOn(String host) {
    MonthlyReport report =
        new MonthlyReport(
            bed.client(host),
            (chapter, token) -> archive(host, chapter, token),
            bed.host(host)::sleep);
    return bed.host(host).start(report::write);
  }

  private void archive(String host, String chapter, long token) {
    (token < highestToken ? refused : archived).add(host + " " + chapter);
    highestToken = Math.max(highestToken, token);
  }

  @Test
  void allIsWell_oneProcessWritesAndTheOtherSkips() {
    CompletableFuture<Boolean> a = writeOn("a");
    bed.advance(ofSeconds(1));
    CompletableFuture<Boolean> b = writeOn("b");

    assertFalse(bed.await(b));
    assertTrue(bed.await(a));
    assertEquals(List.of("a sales", "a stock", "a staff"), archived);
  }

  @Test
  void lockLost_theWorkStops_andAnotherProcessWritesTheWholeReport() {
    CompletableFuture<Boolean> a = writeOn("a");
    bed.advance(ofSeconds(15));
    bed.host("a").cutOff();

    LockRevokedException lost = assertThrows(LockRevokedException.class, () -> bed.await(a));
    assertEquals(Revocation.Reason.LEASE_EXPIRED, lost.revocation().reason());
    assertFalse(lost.revocation().untilTakeover().isZero(), "stopped before the lock is free");

    bed.advance(ofSeconds(20));
    assertTrue(bed.await(writeOn("b")));
    assertEquals("b staff", archived.get(archived.size() - 1));
    assertEquals(List.of(), refused);
    assertEquals(List.of("a", "b"), bed.history().holders(MonthlyReport.LOCK));
  }

  @Test
  void tableGone_theCallerIsTold_andNothingIsWritten() {
    bed.failTable(Kind.NO_TABLE);

    LockStoreException failure =
        assertThrows(LockStoreException.class, () -> bed.await(writeOn("a")));
    assertEquals(Kind.NO_TABLE, failure.kind());
    assertEquals(List.of(), archived);

    bed.restoreTable();
    assertTrue(bed.await(writeOn("a")));
  }

  @Test
  void tableGoneForAMoment_theWorkGoesOn() {
    CompletableFuture<Boolean> a = writeOn("a");
    bed.advance(ofSeconds(2));
    bed.failTable(Kind.UNAVAILABLE);
    bed.advance(ofSeconds(10));
    bed.restoreTable();

    assertTrue(bed.await(a));
    assertEquals(3, archived.size());
  }

  @Test
  void processPaused_afterItsPauseItWritesNothing() {
    CompletableFuture<Boolean> a = writeOn("a");
    bed.advance(ofSeconds(15));
    bed.host("a").pause();
    bed.advance(ofSeconds(40));
    CompletableFuture<Boolean> b = writeOn("b");
    bed.advance(ofSeconds(5));
    bed.host("a").resume();

    assertThrows(LockRevokedException.class, () -> bed.await(a));
    assertTrue(bed.await(b));
    assertEquals(List.of("a sales", "b sales", "b stock", "b staff"), archived);
    assertEquals(List.of(), refused);
  }

  @Test
  void processKilled_anotherTakesOver() {
    CompletableFuture<Boolean> a = writeOn("a");
    bed.advance(ofSeconds(15));
    bed.host("a").kill();
    bed.advance(ofSeconds(40));

    assertTrue(bed.await(writeOn("b")));
    assertThrows(IllegalStateException.class, () -> bed.await(a));
  }

  @Test
  void answerLost_ofTheAcquisition_theCallerIsTold_andTheNextProcessWrites() {
    bed.host("a").loseNextAnswer();

    LockStoreException failure =
        assertThrows(LockStoreException.class, () -> bed.await(writeOn("a")));
    assertTrue(failure.mayHaveBeenApplied());

    bed.advance(ofSeconds(1));
    assertTrue(bed.await(writeOn("b")), "the client has freed what it may have got");
  }

  @Test
  void answerLost_ofAHeartbeat_theWorkGoesOn() {
    CompletableFuture<Boolean> a = writeOn("a");
    bed.advance(ofSeconds(2));
    bed.host("a").loseNextAnswer();

    assertTrue(bed.await(a));
    assertEquals(3, archived.size());
  }
}
