package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.recipe.RunOnce.Done;
import io.github.batonlock.recipe.RunOnce.Outcome;
import io.github.batonlock.support.World;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Runs of several clients on virtual time. Lease 20 s, usable 16 s, beat 5 s; requests 4 ms. */
class RunOnceTest {
  private static final LockKey LOCK = LockKey.of("job/r");
  private static final Duration LEASE = Duration.ofSeconds(20);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final List<String> begun = new ArrayList<>();

  @AfterEach
  void noInterruptIsLeft() {
    assertThat(Thread.interrupted()).isFalse();
  }

  private static RunOnce of(World.Node node) {
    return RunOnce.of(node.client, "job", "r");
  }

  /** Work of a node that takes a while. */
  private LockClient.Work<RuntimeException> work(World.Node node, double seconds) {
    return lock -> {
      begun.add(node.client.ownerName() + " " + lock.fencingToken());
      world.seconds(seconds);
    };
  }

  private Outcome tries(World.Node node) throws InterruptedException {
    return of(node).tryRun(work(node, 0.3));
  }

  private static List<String> requests(World.Node node) {
    return node.store.trace().stream().map(line -> line.replaceAll("^[0-9]+ ", "")).toList();
  }

  private Optional<SdkBytes> data() {
    return Optional.ofNullable(world.table.row(LOCK))
        .map(row -> row.get("data"))
        .map(AttributeValue::b);
  }

  /** A worker that holds the run, and does not end it. */
  private HeldLock holds(World.Node node) {
    return node.acquired(request -> request.key(LOCK));
  }

  // What a call finds

  @Test
  void threeCallers_halfASecondApart_areOneRunAndTwoSkips() throws InterruptedException {
    World.Node c = world.node("c");
    List<Outcome> outcomes = new ArrayList<>();
    for (World.Node node : List.of(a, b, c)) {
      outcomes.add(tries(node));
      world.seconds(0.2);
    }

    assertThat(outcomes).containsExactly(Outcome.DONE, Outcome.DONE_BEFORE, Outcome.DONE_BEFORE);
    assertThat(begun).hasSize(1);
    assertThat(requests(a)).containsExactly("look", "acquire", "heartbeat", "release");
    assertThat(requests(b)).containsExactly("look");
    assertThat(requests(c)).containsExactly("look");
  }

  @Test
  void done_isTheRecord_byOneRead() throws InterruptedException {
    assertThat(of(a).done()).isEmpty();
    HeldLock[] held = new HeldLock[1];
    world.seconds(1);
    Outcome outcome = of(a).tryRun(lock -> held[0] = lock);
    int before = b.store.trace().size();

    Done done = of(b).done().orElseThrow();

    assertThat(outcome).isEqualTo(Outcome.DONE);
    assertThat(done.run()).isEqualTo("r");
    assertThat(done.by()).isEqualTo("a");
    assertThat(done.fencingToken()).isEqualTo(held[0].fencingToken());
    assertThat(done.at())
        .isBetween(
            Instant.ofEpochMilli(VirtualTime.EPOCH + 1_000),
            Instant.ofEpochMilli(VirtualTime.EPOCH + 1_100));
    assertThat(requests(b).subList(before, before + 1)).containsExactly("look");
    assertThat(b.store.trace()).hasSize(before + 1);
  }

  @Test
  void runs_ofOneJob_areRememberedEach() throws InterruptedException {
    LocalDate day = LocalDate.of(2026, 1, 1);
    for (LocalDate date : List.of(day, day.plusDays(1))) {
      assertThat(RunOnce.of(a.client, "job", date).tryRun(work(a, 0.1))).isEqualTo(Outcome.DONE);
    }

    assertThat(RunOnce.of(b.client, LockKey.of("job"), "2026-01-01").done()).isPresent();
    assertThat(RunOnce.of(b.client, LockRequest.of("job"), day.plusDays(1)).tryRun(work(b, 0.1)))
        .isEqualTo(Outcome.DONE_BEFORE);
    assertThat(RunOnce.of(b.client, LockKey.of("job"), day.plusDays(2)).done()).isEmpty();
    assertThat(begun).hasSize(2);
  }

  @Test
  void tryRun_whileTheRunIsUnderWay_isRunning() throws InterruptedException {
    List<Outcome> meanwhile = new ArrayList<>();

    Outcome outcome =
        of(a)
            .tryRun(
                lock -> {
                  meanwhile.add(tries(b));
                  // The same client, too, by one read.
                  meanwhile.add(tries(a));
                  world.seconds(6);
                  meanwhile.add(tries(b));
                });

    assertThat(outcome).isEqualTo(Outcome.DONE);
    assertThat(meanwhile).containsOnly(Outcome.RUNNING).hasSize(3);
    assertThat(begun).isEmpty();
    assertThat(requests(a).subList(0, 3)).containsExactly("look", "acquire", "look");
    // Of a worker that was seen alive, one read tells enough.
    assertThat(requests(b)).containsExactly("look", "acquire", "look");
  }

  @Test
  void tryRun_betweenTheRecordAndTheRelease_isDoneBefore() throws InterruptedException {
    a.store.fail("release", Fault.REQUEST_LOST);
    assertThat(tries(a)).isEqualTo(Outcome.DONE);

    assertThat(tries(b)).isEqualTo(Outcome.DONE_BEFORE);
    assertThat(begun).hasSize(1);
  }

  /** The read shows a free run; it is done before the try arrives. */
  @Test
  void grant_thatShowsTheRecord_doesNothing() throws InterruptedException {
    b.store.latency(Duration.ofMillis(400));
    world.time.schedule(
        Duration.ofMillis(500).toNanos(),
        () -> {
          try {
            assertThat(tries(a)).isEqualTo(Outcome.DONE);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });

    assertThat(tries(b)).isEqualTo(Outcome.DONE_BEFORE);
    assertThat(begun).hasSize(1).allMatch(line -> line.startsWith("a "));
    assertThat(of(a).done().orElseThrow().by()).isEqualTo("a");
  }

  // Workers that do not end the run

  @Test
  void workerKilledInTheMiddle_isReplacedByTheNextCall_aLeaseLater() throws InterruptedException {
    HeldLock dead = holds(a);
    a.machine.crash();

    assertThat(tries(b)).isEqualTo(Outcome.RUNNING);
    world.time.advance(LEASE);
    assertThat(tries(b)).isEqualTo(Outcome.DONE);

    assertThat(begun).containsExactly("b " + (dead.fencingToken() + 1));
    assertThat(tries(world.node("c"))).isEqualTo(Outcome.DONE_BEFORE);
  }

  @Test
  void run_waitsForADeadWorker_andDoesTheRun() throws InterruptedException {
    holds(a);
    a.machine.crash();
    Duration before = world.time.elapsed();

    assertThat(of(b).run(LEASE.multipliedBy(2), work(b, 1))).isEqualTo(Outcome.DONE);

    assertThat(world.time.elapsed().minus(before)).isBetween(LEASE, LEASE.plusSeconds(3));
    assertThat(begun).hasSize(1);
  }

  @Test
  void workThatThrows_givesTheRunUp_atOnce() throws InterruptedException {
    assertThatThrownBy(
            () ->
                of(a)
                    .tryRun(
                        lock -> {
                          throw new IOException("disk full");
                        }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk full");

    assertThat(of(b).done()).isEmpty();
    assertThat(tries(b)).isEqualTo(Outcome.DONE);
  }

  private Outcome triesForAMinute(World.Node node, LockClient.Work<IllegalStateException> work)
      throws InterruptedException {
    LockRequest request = LockRequest.builder("job").holdAtLeast(Duration.ofMinutes(1)).build();
    return RunOnce.of(node.client, request, "r").tryRun(work);
  }

  @Test
  void workThatThrows_givesTheRunUp_whenTheMinimumTimeIsOver() throws InterruptedException {
    assertThatThrownBy(
            () ->
                triesForAMinute(
                    a,
                    lock -> {
                      throw new IllegalStateException("half done");
                    }))
        .hasMessage("half done");
    world.seconds(1);
    assertThat(tries(a)).isEqualTo(Outcome.RUNNING);
    assertThat(tries(b)).isEqualTo(Outcome.RUNNING);
    world.seconds(56);
    assertThat(tries(b)).isEqualTo(Outcome.RUNNING);
    assertThat(begun).isEmpty();

    // A minute after this client has first seen the lock closed.
    world.seconds(5);

    assertThat(tries(b)).isEqualTo(Outcome.DONE);
  }

  /** A run that is done is done, also while its lock stays closed. */
  @Test
  void runThatIsDone_isDoneBefore_whileItsLockStaysClosed() throws InterruptedException {
    assertThat(triesForAMinute(a, lock -> {})).isEqualTo(Outcome.DONE);

    assertThat(tries(b)).isEqualTo(Outcome.DONE_BEFORE);
    assertThat(of(b).done()).isPresent();
    assertThat(requests(a)).containsExactly("look", "acquire", "heartbeat", "keepclosed");
  }

  @Test
  void run_whileAnotherWorkerEndsTheRun_isDoneBefore() throws InterruptedException {
    HeldLock worker = holds(a);
    RunOnce waiting = of(b);
    world.time.schedule(
        Duration.ofSeconds(3).toNanos(),
        () -> {
          SdkBytes record =
              RunRecord.encode(new Done("r", Instant.EPOCH, "a", worker.fencingToken()));
          var unused = worker.updateDataAsync(record).thenCompose(done -> worker.closeAsync());
        });

    assertThat(waiting.run(LEASE, work(b, 1))).isEqualTo(Outcome.DONE_BEFORE);
    assertThat(begun).isEmpty();
    assertThat(waiting.done().orElseThrow().by()).isEqualTo("a");
  }

  @Test
  void run_whoseTimeIsUp_namesTheWorker() {
    HeldLock worker = holds(a);

    LockNotAcquiredException refused =
        catchThrowableOfType(
            LockNotAcquiredException.class, () -> of(b).run(Duration.ofSeconds(3), work(b, 1)));

    assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD);
    assertThat(refused.key()).isEqualTo(LockKey.of("job"));
    assertThat(refused.holder().map(LockInfo::key)).contains(LOCK);
    assertThat(refused)
        .hasMessageMatching(
            "RunOnce 'job' did not do run 'r' within 300. ms: it is under way, 'job/r' by 'a'"
                + " \\(token "
                + worker.fencingToken()
                + "\\)\\. Wait longer \\(run\\(Duration, Work\\)\\)");
    worker.close();
  }

  @Test
  void run_whoseTimeIsUp_betweenTheRecordAndTheRelease_isDoneBefore() throws InterruptedException {
    HeldLock worker = holds(a);
    world.time.schedule(
        Duration.ofSeconds(1).toNanos(),
        () -> {
          var unused =
              worker.updateDataAsync(
                  RunRecord.encode(new Done("r", Instant.EPOCH, "a", worker.fencingToken())));
        });

    assertThat(of(b).run(Duration.ofSeconds(5), work(b, 1))).isEqualTo(Outcome.DONE_BEFORE);
    worker.close();
  }

  @Test
  void workThatIsRefusedAnotherLock_throwsThat() {
    LockNotAcquiredException ofTheWork =
        new LockNotAcquiredException(
            LockKey.of("other"), LockNotAcquiredException.Reason.HELD, Duration.ZERO, null);

    assertThatThrownBy(
            () ->
                of(a)
                    .tryRun(
                        lock -> {
                          throw ofTheWork;
                        }))
        .isSameAs(ofTheWork);
  }

  // Losses

  @Test
  void lockLostDuringTheWork_isToldAsTheLoss_andTheRunIsDoneAgain() throws InterruptedException {
    a.store.fail("heartbeat", Fault.REQUEST_LOST);

    assertThatThrownBy(() -> of(a).tryRun(work(a, 17)))
        .isInstanceOfSatisfying(
            LockRevokedException.class,
            e -> assertThat(e.revocation().reason()).isEqualTo(Revocation.Reason.LEASE_EXPIRED));
    boolean wasInterrupted = Thread.interrupted();
    world.seconds(60);
    a.store.heal();

    assertThat(wasInterrupted).isFalse();
    assertThat(of(b).run(LEASE.multipliedBy(2), work(b, 1))).isEqualTo(Outcome.DONE);
    assertThat(begun).hasSize(2);
  }

  /** The lock is lost when the record is confirmed, before the caller's thread can release it. */
  @Test
  void lockLostAfterTheRecord_isDone() throws InterruptedException {
    List<HeldLock> held = new ArrayList<>();

    Outcome outcome =
        of(a)
            .tryRun(
                lock -> {
                  held.add(lock);
                  a.machine.beforeCallback(
                      () -> {
                        a.machine.beforeCallback(() -> {});
                        ((DefaultHeldLock) lock).revoke(Revocation.Reason.TAKEN_OVER);
                      });
                });

    assertThat(held.get(0).revocation()).isPresent();
    assertThat(outcome).isEqualTo(Outcome.DONE);
  }

  @Test
  void answerToTheRecordLost_isDone_onceTheNextHeartbeatTells() throws InterruptedException {
    a.store.failNext("heartbeat", Fault.ANSWER_LOST);

    assertThat(tries(a)).isEqualTo(Outcome.DONE);
    assertThat(of(b).done().orElseThrow().by()).isEqualTo("a");
    assertThat(begun).hasSize(1);
  }

  @Test
  void recordRefused_saysThatTheWorkIsDone_andTheRunIsDoneAgain() throws InterruptedException {
    a.store.fail("heartbeat", Fault.INVALID);

    assertThatThrownBy(() -> tries(a))
        .isInstanceOfSatisfying(
            LockStoreException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(LockStoreException.Kind.INVALID_REQUEST);
              assertThat(e.mayHaveBeenApplied()).isFalse();
              assertThat(e.getCause()).isInstanceOf(LockStoreException.class);
            })
        .hasMessageStartingWith("The work of run 'job/r' is done, but its record is not written");

    assertThat(tries(b)).isEqualTo(Outcome.DONE);
    assertThat(begun).hasSize(2);
  }

  /** A suspend at the end of the work: for a moment it is not known whether the lease lasts. */
  @Test
  void clocksThatDisagreeAtTheEndOfTheWork_delayTheRecord() throws InterruptedException {
    Outcome outcome =
        of(a)
            .tryRun(
                lock -> {
                  world.seconds(1);
                  a.machine.stepWallClock(Duration.ofMinutes(5));
                  assertThat(lock.isHeld()).isFalse();
                });

    assertThat(outcome).isEqualTo(Outcome.DONE);
    assertThat(of(b).done()).isPresent();
  }

  @Test
  void clientClosedDuringTheWork_isToldAsThat_andTheRunIsDoneAgainALeaseLater()
      throws InterruptedException {
    assertThatThrownBy(
            () ->
                of(a)
                    .tryRun(
                        lock -> {
                          begun.add("a");
                          a.client.close();
                          // The revocation interrupts the work.
                          assertThat(Thread.interrupted()).isTrue();
                          assertThat(tries(b)).isEqualTo(Outcome.RUNNING);
                        }))
        .isInstanceOfSatisfying(
            LockRevokedException.class,
            e -> assertThat(e.revocation().reason()).isEqualTo(Revocation.Reason.CLIENT_CLOSED));

    assertThat(of(b).run(LEASE.multipliedBy(2), work(b, 1))).isEqualTo(Outcome.DONE);
    assertThat(begun).hasSize(2);
  }

  @Test
  void clientThatIsClosed_refusesCalls() {
    RunOnce run = of(a);
    a.client.close();

    assertThatThrownBy(() -> run.tryRun(work(a, 1))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> run.run(LEASE, work(a, 1))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(run::done).isInstanceOf(IllegalStateException.class);
    assertThat(begun).isEmpty();
  }

  @Test
  void clientClosedDuringTheWait_isToldInTheRecipesWords() {
    HeldLock worker = holds(b);
    a.machine.after(Duration.ofSeconds(1), () -> world.time.schedule(0, this::closesA));

    assertThatThrownBy(() -> of(a).run(LEASE, work(a, 1)))
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.CLIENT_CLOSED))
        .hasMessageStartingWith("RunOnce 'job' did not do run 'r'")
        .hasMessageContaining("the LockClient was closed");
    worker.close();
  }

  private void closesA() {
    a.client.close();
  }

  // Interrupts

  @Test
  void interruptBeforeTheWork_leavesTheRunAsItWas() throws InterruptedException {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> tries(a)).isInstanceOf(InterruptedException.class);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> of(a).run(LEASE, work(a, 1))).isInstanceOf(InterruptedException.class);

    assertThat(begun).isEmpty();
    assertThat(tries(b)).isEqualTo(Outcome.DONE);
  }

  @Test
  void interruptDuringTheWork_doesNotKeepTheRecordFromBeingWritten() throws InterruptedException {
    Outcome outcome = of(a).tryRun(lock -> Thread.currentThread().interrupt());

    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    assertThat(outcome).isEqualTo(Outcome.DONE);
    assertThat(of(b).done()).isPresent();
  }

  // Data that are no record

  private static SdkBytes edited(SdkBytes record, UnaryOperator<byte[]> edit) {
    return SdkBytes.fromByteArray(edit.apply(record.asByteArray()));
  }

  private void leaves(SdkBytes data) throws InterruptedException {
    HeldLock lock = a.acquired(request -> request.key(LOCK).data(data));
    lock.close();
  }

  private void assertMalformed(SdkBytes data, String problem) throws InterruptedException {
    leaves(data);
    assertThatThrownBy(() -> tries(b))
        .isInstanceOfSatisfying(
            MalformedLockItemException.class,
            e -> {
              assertThat(e.key()).isEqualTo(LOCK);
              assertThat(e.attribute()).isEqualTo("data");
            })
        .hasMessageContaining(problem);
    assertThatThrownBy(() -> of(b).run(LEASE, work(b, 1)))
        .isInstanceOf(MalformedLockItemException.class);
    assertThatThrownBy(of(b)::done).isInstanceOf(MalformedLockItemException.class);
    assertThat(begun).isEmpty();
    assertThat(data()).contains(data);
  }

  @Test
  void dataThatAreNoRecord_failAsMalformed_andStay() throws InterruptedException {
    SdkBytes record = RunRecord.encode(new Done("r", Instant.EPOCH, "a", 7));
    assertMalformed(SdkBytes.fromUtf8String("something else"), "is not the record of a run");
    assertMalformed(SdkBytes.fromByteArray(new byte[0]), "is not the record of a run");
    assertMalformed(
        edited(record, bytes -> Arrays.copyOf(bytes, bytes.length - 1)),
        "is not the record of a run");
    assertMalformed(
        edited(
            record,
            bytes -> {
              bytes[3] = 2;
              return bytes;
            }),
        "is not the record of a run");
  }

  @Test
  void recordOfAnotherRun_failsAsMalformed() throws InterruptedException {
    assertMalformed(
        RunRecord.encode(new Done("x/r", Instant.EPOCH, "a", 7)),
        "is the record of another run, 'x/r'");
  }

  /** It shows up after the call's read. */
  @Test
  void malformedData_thatComeWithTheGrant_stay() throws InterruptedException {
    SdkBytes data = SdkBytes.fromUtf8String("something else");
    b.store.latency(Duration.ofMillis(400));
    world.time.schedule(
        Duration.ofMillis(500).toNanos(),
        () -> {
          try {
            leaves(data);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });

    assertThatThrownBy(() -> tries(b)).isInstanceOf(MalformedLockItemException.class);
    assertThat(begun).isEmpty();
    assertThat(data()).contains(data);
  }

  @Test
  void record_isTheDocumentedFormat_andItsReservedBytesStay()
      throws IOException, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(0x52756e01);
      out.writeUTF("r");
      out.writeLong(1_234);
      out.writeUTF("somewhere");
      out.writeLong(42);
      assertThat(
              RunRecord.encode(new Done("r", Instant.ofEpochMilli(1_234), "somewhere", 42))
                  .asByteArray())
          .isEqualTo(bytes.toByteArray());
      out.writeUTF("of a later version");
    }
    SdkBytes later = SdkBytes.fromByteArray(bytes.toByteArray());
    leaves(later);

    assertThat(of(b).done()).contains(new Done("r", Instant.ofEpochMilli(1_234), "somewhere", 42));
    assertThat(tries(b)).isEqualTo(Outcome.DONE_BEFORE);
    assertThat(data()).contains(later);
  }

  @Test
  void ownerName_ofAnyLength_hasARecord() {
    Done done =
        RunRecord.parse(
            LOCK, "r", RunRecord.encode(new Done("r", Instant.EPOCH, "\uffff".repeat(50_000), 1)));

    assertThat(done.by()).hasSize(21_845);
  }

  // Arguments

  private void assertRefused(String option, UnaryOperator<LockRequest.Builder> set) {
    LockRequest request = set.apply(LockRequest.builder("job")).build();
    assertThatThrownBy(() -> RunOnce.of(a.client, request, "r"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("RunOnce 'job' takes no request with " + option + ": ");
  }

  @Test
  void optionsThatItCannotKeep_areRefused() {
    assertRefused("waitUpTo", request -> request.waitUpTo(Duration.ofSeconds(1)));
    assertRefused("waitForever", LockRequest.Builder::waitForever);
    assertRefused("data", request -> request.data(SdkBytes.fromUtf8String("x")));
    assertRefused("deleteOnRelease", request -> request.deleteOnRelease(true));
    assertRefused("onlyIfExists", request -> request.onlyIfExists(true));
    assertRefused("requestRelease", request -> request.requestRelease("x", Duration.ZERO));
    assertThat(a.store.trace()).isEmpty();
  }

  @Test
  void arguments_areCheckedAtTheDoor() {
    assertThatThrownBy(() -> RunOnce.of(a.client, "job", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must not be empty");
    assertThatThrownBy(() -> RunOnce.of(a.client, "job", "x".repeat(2_048)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RunOnce.of(a.client, LockKey.of("job", "sort"), "r"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(a).run(Duration.ofSeconds(-1), work(a, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(a.store.trace()).isEmpty();
    assertThat(of(a)).hasToString("RunOnce(job, run r)");
  }

  // Requests

  @Test
  void run_underASharedLease_isDoneOnce() throws InterruptedException {
    LockRequest request = LockRequest.builder("job").leases(Leases.shared()).build();

    assertThat(RunOnce.of(a.client, request, "r").tryRun(work(a, 0.3))).isEqualTo(Outcome.DONE);
    assertThat(RunOnce.of(b.client, request, "r").tryRun(work(b, 0.3)))
        .isEqualTo(Outcome.DONE_BEFORE);
    assertThat(begun).hasSize(1);
  }

  @Test
  void inATableWithSortKeys_theRunIsPartOfThePartitionKey() throws InterruptedException {
    World sorted = new World("sort");
    World.Node node = sorted.node("s");
    LockKey job = LockKey.of("job", "eu");

    assertThat(RunOnce.of(node.client, job, "r").tryRun(lock -> begun.add(lock.key().toString())))
        .isEqualTo(Outcome.DONE);

    assertThat(begun).containsExactly("job/r/eu");
    assertThat(sorted.table.row(LockKey.of("job/r", "eu"))).isNotNull();
    sorted.assertNothingIsLeft();
  }
}
