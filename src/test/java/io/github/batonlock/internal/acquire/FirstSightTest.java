package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.support.EventListener;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Fresh processes that look once at the lock of a dead holder (protocol section 9). The lease is 20
 * s, E is 5 s, and the table's hosts are right.
 */
class FirstSightTest {
  private static final LockKey K = LockKey.of("k");

  /** A lease, the errors of two hosts, the margin, and twice a second for dates that are cut. */
  private static final double UNTIL_FREE = 20 + 2 * 5 + 1 + 2;

  @RegisterExtension final World world = new World();

  private int processes;

  @BeforeEach
  void answersHaveADate() {
    world.table.setServerDate(
        () -> Instant.ofEpochSecond((VirtualTime.EPOCH + world.time.elapsed().toMillis()) / 1_000));
  }

  private World.Node process() {
    return process(draft -> {});
  }

  private World.Node process(Consumer<ClientConfig.Draft> settings) {
    return world.node("process-" + ++processes, settings);
  }

  /** What a fresh process sends for one look, and whether it gets the lock. */
  private List<String> look(boolean expected) throws InterruptedException {
    return look(process(), expected);
  }

  private static List<String> look(World.Node process, boolean expected)
      throws InterruptedException {
    int before = process.store.trace().size();
    assertThat(process.client.tryAcquire("k").isPresent()).isEqualTo(expected);
    List<String> trace = process.store.trace();
    return trace.subList(before, trace.size()).stream()
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .toList();
  }

  private Liveness livenessForAFreshProcess() {
    return process().client.inspect("k").orElseThrow().liveness();
  }

  private void heldByADeadProcess(double lived) {
    World.Node dead = process();
    dead.acquired();
    world.seconds(lived);
    dead.machine.pause(Duration.ZERO);
  }

  private void heldByAForeignClient(String version) {
    Map<String, AttributeValue> row = new HashMap<>();
    row.put("ownerName", AttributeValue.fromS("other"));
    row.put("leaseDuration", AttributeValue.fromS("20000"));
    row.put("recordVersionNumber", AttributeValue.fromS(version));
    world.table.putRow(K, row);
  }

  @Test
  void processKilledAfterItsFirstHeartbeat_theFirstLookThatIsLateEnoughTakesTheLock()
      throws InterruptedException {
    heldByADeadProcess(6);
    world.seconds(UNTIL_FREE - 1 - 4);

    assertThat(look(false)).containsExactly("acquire");
    assertThat(livenessForAFreshProcess()).isEqualTo(Liveness.UNKNOWN);
    world.seconds(4);
    assertThat(livenessForAFreshProcess()).isEqualTo(Liveness.DEAD);
    assertThat(look(true)).containsExactly("acquire", "takeover");
  }

  @Test
  void processKilledInItsFirstSecond_theNextLookMarksTheVersion_andALaterOneTakesTheLock()
      throws InterruptedException {
    heldByADeadProcess(0.5);
    world.seconds(100);

    assertThat(look(false)).containsExactly("acquire", "mark");
    assertThat(look(false)).as("one mark for a version").containsExactly("acquire");
    world.seconds(UNTIL_FREE - 3);
    assertThat(look(false)).containsExactly("acquire");
    world.seconds(3);
    assertThat(look(true)).containsExactly("acquire", "takeover");
  }

  @Test
  void foreignHolderThatWasKilled_isMarked_andWaitedForAQuarterOfALeaseLonger()
      throws InterruptedException {
    heldByAForeignClient("0d8e2b1a-e5cf-4ff8-9c5c-1d7d3cd0a4f0");

    assertThat(look(false)).containsExactly("acquire", "mark");
    assertThat(world.version()).isEqualTo("0d8e2b1a-e5cf-4ff8-9c5c-1d7d3cd0a4f0");
    world.seconds(UNTIL_FREE);
    assertThat(look(false)).containsExactly("acquire");
    world.seconds(5);
    assertThat(look(true)).containsExactly("acquire", "takeover");
  }

  /** A client that does not know the attribute keeps it when it writes a new version. */
  @Test
  void foreignHolderThatLives_isNotTakenForDead_byTheMarkOfAnEarlierVersion()
      throws InterruptedException {
    heldByAForeignClient("0d8e2b1a-e5cf-4ff8-9c5c-1d7d3cd0a4f0");
    assertThat(look(false)).containsExactly("acquire", "mark");
    world.seconds(1_000);
    Map<String, AttributeValue> row = new HashMap<>(world.table.row(K));
    row.put("recordVersionNumber", AttributeValue.fromS("1d8e2b1a-e5cf-4ff8-9c5c-1d7d3cd0a4f1"));
    world.table.putRow(K, row);

    assertThat(look(false)).containsExactly("acquire", "mark");
  }

  @Test
  void markOfAnEarlierVersion_saysNothingOfThisOne() throws InterruptedException {
    World.Node holder = process();
    HeldLock lock = holder.acquired();
    assertThat(look(false)).containsExactly("acquire", "mark");
    world.seconds(100);

    assertThat(lock.isHeld()).isTrue();
    assertThat(look(false)).as("its heartbeats carry stamps").containsExactly("acquire");
  }

  @Test
  void livingHolder_keepsItsLock_howeverManyProcessesLook() throws InterruptedException {
    World.Node holder = process();
    HeldLock lock = holder.acquired();
    for (int i = 0; i < 40; i++) {
      world.seconds(7);
      look(false);
    }
    assertThat(lock.isHeld()).isTrue();
  }

  @Test
  void deadSession_isEndedAtFirstSight() throws InterruptedException {
    World.Node dead = process(draft -> draft.leases = Leases.shared());
    dead.acquired();
    world.seconds(6);
    dead.machine.pause(Duration.ZERO);
    world.seconds(UNTIL_FREE);

    assertThat(look(true)).containsExactly("acquire", "look", "end", "takeover");
  }

  @Test
  void deadSessionWithoutAHeartbeat_isMarked() throws InterruptedException {
    World.Node dead = process(draft -> draft.leases = Leases.shared());
    // Its first answer has no date: the session's version has no stamp.
    dead.acquired();
    dead.machine.pause(Duration.ZERO);
    world.seconds(100);

    assertThat(look(false)).containsExactly("acquire", "look", "mark");
    world.seconds(UNTIL_FREE);
    assertThat(look(true)).containsExactly("acquire", "look", "end", "takeover");
  }

  @Test
  void sessionWhoseItemIsGone_isMarkedInTheLocksOwnItem() throws InterruptedException {
    World.Node dead = process(draft -> draft.leases = Leases.shared());
    dead.acquired();
    dead.machine.pause(Duration.ZERO);
    AttributeValue session = world.attribute("session");
    assertThat(session).isNotNull();
    world.table.keys().stream()
        .filter(key -> !key.equals(K))
        .toList()
        .forEach(world.table::removeRow);
    world.seconds(100);

    assertThat(look(false)).containsExactly("acquire", "look", "mark");
    world.seconds(UNTIL_FREE);
    assertThat(look(true)).containsExactly("acquire", "look", "end", "takeover");
  }

  @Test
  void waiterWhoseTimeIsUp_leavesAMark_unlessItHasSeenAHeartbeat() throws Exception {
    heldByADeadProcess(0.5);
    World.Node waiter = process();
    assertThat(waiter.acquire(r -> r.waitUpTo(Duration.ofSeconds(3))))
        .satisfies(attempt -> world.seconds(4))
        .isCompletedExceptionally();
    assertThat(waiter.store.count("mark")).isOne();
    assertThat(world.attribute("sentBefore")).isNotNull();
  }

  @Test
  void tableClockThatIsNotTrusted_givesNoMarkAndNoTakeover() throws InterruptedException {
    Consumer<ClientConfig.Draft> off = draft -> draft.takeoverAtFirstSight = false;
    heldByADeadProcess(6);
    world.seconds(1_000);

    assertThat(look(process(off), false)).containsExactly("acquire");
    assertThat(look(true)).containsExactly("acquire", "takeover");
  }

  @Test
  void answersWithoutADate_giveNoMarkAndNoTakeover() throws InterruptedException {
    heldByADeadProcess(6);
    world.table.setServerDate(() -> null);
    world.seconds(1_000);

    assertThat(look(false)).containsExactly("acquire");
  }

  /** A mark is no release, although it leaves the holder's version. */
  @Test
  void mark_isToldToListenersAsWhatItIs() throws InterruptedException {
    heldByADeadProcess(0.5);
    EventListener listener = new EventListener();
    World.Node looker = world.node("looker", draft -> {}, listener);

    assertThat(look(looker, false)).containsExactly("acquire", "mark");
    world.seconds(1);
    assertThat(listener.lines()).containsExactly("GRANT REFUSED", "MARK APPLIED");
  }

  @Test
  void markThatFails_changesNoResult() throws InterruptedException {
    heldByADeadProcess(0.5);
    World.Node late = process();
    late.store.failNext("mark", Fault.BROKEN_BEFORE);

    assertThat(look(late, false)).containsExactly("acquire", "mark");
    assertThat(world.attribute("sentBefore"))
        .isEqualTo(
            AttributeValue.fromS(new SentBefore(world.version(), SentBefore.UNKNOWN).text()));
  }
}
