package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What operators do to the items of locks with shared leases, as time-lines on a virtual clock.
 * Lease 20 s, beat 5 s; requests take 4 ms. Each lock is read every 200 s, and two a second.
 */
class ItemAuditTest {
  private static final LockKey KEY = LockKey.of("k");
  private static final double ROUND = 200;

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> config.leases = Leases.shared());
  private final World.Node b = world.node("b");

  private void edit(LockKey key, Consumer<Map<String, AttributeValue>> change) {
    Map<String, AttributeValue> row = new HashMap<>(world.table.row(key));
    change.accept(row);
    world.table.putRow(key, row);
  }

  /** What can be done to an item behind its holder's back, and what the holder is told. */
  enum Interference {
    DELETED(Reason.ITEM_DELETED),
    OVERWRITTEN(Reason.ITEM_DELETED),
    RELEASED(Reason.RELEASED_EXTERNALLY),
    TAKEN(Reason.TAKEN_OVER),
    TAKEN_AND_RELEASED(Reason.TAKEN_OVER),
    RESTORED(Reason.ITEM_CHANGED),
    EDITED(Reason.ITEM_CHANGED),
    WITHOUT_SESSION(Reason.ITEM_CHANGED);

    private final Reason told;

    Interference(Reason told) {
      this.told = told;
    }
  }

  private void interfere(Interference how, Map<String, AttributeValue> earlier) {
    switch (how) {
      case DELETED -> world.table.removeRow(KEY);
      case OVERWRITTEN -> world.table.putRow(KEY, Map.of("mine", AttributeValue.fromS("x")));
      case RELEASED -> edit(KEY, row -> row.put("isReleased", AttributeValue.fromS("1")));
      case TAKEN -> {
        world.table.removeRow(KEY);
        assertThat(b.acquired().isHeld()).isTrue();
      }
      case TAKEN_AND_RELEASED -> {
        world.table.removeRow(KEY);
        b.acquired().close();
      }
      case RESTORED -> world.table.putRow(KEY, earlier);
      case EDITED -> edit(KEY, row -> row.put("recordVersionNumber", AttributeValue.fromS("mine")));
      case WITHOUT_SESSION -> edit(KEY, row -> row.remove("session"));
    }
  }

  /** Regression: it was told nothing as long as its session lived. */
  @ParameterizedTest
  @EnumSource
  void heldLock_whoseItemIsNotAsItLeftIt_isToldWithinTenLeases(Interference how) {
    HeldLock before = a.acquired();
    Map<String, AttributeValue> earlier = world.table.row(KEY);
    before.close();
    HeldLock lock = a.acquired();
    List<Revocation> told = a.revocations(lock);
    HeldLock other = a.acquired(r -> r.key("other"));
    world.seconds(30);

    interfere(how, earlier);
    world.seconds(ROUND - 31);
    assertThat(told).isEmpty();
    world.seconds(2);

    assertThat(told).extracting(Revocation::reason).containsExactly(how.told);
    assertThat(told.get(0).untilTakeover()).isZero();
    assertThat(lock.isHeld()).isFalse();
    assertThat(other.isHeld()).isTrue();
    // The others were read once, the one that was lost once more to be sure.
    assertThat(a.store.count("poll")).isEqualTo(2);
    assertThat(a.store.count("look")).isEqualTo(1);
  }

  @Test
  void heldLock_costsOneReadInTenLeases() {
    HeldLock lock = a.acquired();
    world.seconds(10 * ROUND + 1);
    assertThat(a.store.count("poll")).isEqualTo(10);
    assertThat(a.store.count("look")).isZero();
    assertThat(a.store.count("heartbeat")).isBetween(399L, 401L);
    assertThat(lock.isHeld()).isTrue();
  }

  @Test
  void heldLock_withALeaseOfItsOwn_isNotRead() {
    HeldLock lock = a.acquired(r -> r.leases(Leases.own()));
    world.seconds(3 * ROUND);
    assertThat(lock.isHeld()).isTrue();
    assertThat(a.store.count("poll") + a.store.count("look")).isZero();
  }

  @Test
  void thousandLocks_areReadTwoASecond_eachOneInTurn() {
    List<HeldLock> locks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      String key = "k" + i;
      locks.add(a.acquired(r -> r.key(key)));
    }
    world.seconds(ROUND);
    long before = a.store.count("poll");
    world.seconds(1_000);

    // As many units as the heartbeats of one lease: half a unit each, at a fifth of the price.
    assertThat(a.store.count("poll") - before).isBetween(1_999L, 2_001L);
    Map<String, Long> aSecond =
        a.store.trace().stream()
            .filter(line -> line.endsWith("poll"))
            .collect(Collectors.groupingBy(ItemAuditTest::secondOf, Collectors.counting()));
    assertThat(aSecond.values()).allMatch(count -> count <= 3);

    List<Revocation> first = a.revocations(locks.get(0));
    List<Revocation> last = a.revocations(locks.get(999));
    world.table.removeRow(LockKey.of("k0"));
    world.table.removeRow(LockKey.of("k999"));
    world.seconds(501);
    assertThat(first).hasSize(1);
    assertThat(last).hasSize(1);
    assertThat(locks.subList(1, 999)).allMatch(HeldLock::isHeld);
  }

  /** The prices of docs/iam-and-cost.md follow from these constants. */
  @Test
  void price_ofThousandLocks_isThatOfTwoHeldLocks_asTheReadmeSays() throws IOException {
    double lease = 20;
    double month = 30 * 86_400;
    double unit = 0.125 / 1_000_000;
    double ofOne = month / (lease * ItemAudit.LEASES_BETWEEN_READS) * 0.5;
    double ofThousand = month / Duration.ofNanos(ItemAudit.PAUSE).toMillis() * 1_000 * 0.5;
    double heartbeats = month / 5 * 0.625 / 1_000_000;

    assertThat(Files.readString(Path.of("docs/iam-and-cost.md")))
        .contains(
            String.format(
                Locale.ROOT,
                "= %,.0f units | %<,.0f * 0.125 / 1,000,000 = %.5f USD |",
                ofOne,
                ofOne * unit),
            String.format(
                Locale.ROOT,
                "= %,.0f units | %.2f + %1$,.0f * 0.125 / 1,000,000 = **%.2f USD** |",
                ofThousand,
                heartbeats,
                heartbeats + ofThousand * unit));
  }

  private static String secondOf(String line) {
    return Long.toString(Long.parseLong(line.substring(0, line.indexOf(' '))) / 1_000);
  }

  /** The first read shows what was there before the lock was acquired, or before an update. */
  @ParameterizedTest
  @EnumSource(
      value = Interference.class,
      names = {"DELETED", "RELEASED", "TAKEN", "RESTORED", "EDITED"})
  void heldLock_ofWhichAReadShowsAnOldState_isHeld(Interference how) {
    HeldLock before = a.acquired();
    Map<String, AttributeValue> earlier = world.table.row(KEY);
    before.close();
    HeldLock lock = a.acquired();
    List<Revocation> told = a.revocations(lock);
    Map<String, AttributeValue> now = world.table.row(KEY);
    // Shown to eventually consistent reads only.
    a.store.faults(
        operation -> {
          if (operation.equals("poll")) {
            interfere(how, earlier);
          } else if (operation.equals("look")) {
            world.table.putRow(KEY, now);
          }
          return Fault.NONE;
        });
    world.seconds(3 * ROUND + 1);

    assertThat(told).isEmpty();
    assertThat(lock.isHeld()).isTrue();
    assertThat(a.store.count("poll")).isEqualTo(3);
    assertThat(a.store.count("look")).isEqualTo(3);
  }

  /** What the read shows was so when it was read, and has been replaced when it is heard of. */
  @Test
  void update_duringTheReadThatIsToConfirmALoss_isNoLoss() {
    HeldLock lock = a.acquired();
    List<Revocation> told = a.revocations(lock);
    Map<String, AttributeValue> now = world.table.row(KEY);
    List<CompletableFuture<Void>> updates = new ArrayList<>();
    a.store.faults(
        operation -> {
          if (operation.equals("poll")) {
            world.table.removeRow(KEY);
            a.store.latency(Duration.ofSeconds(1));
          } else if (operation.equals("look")) {
            world.table.putRow(KEY, now);
            a.store.latency(Duration.ofMillis(2));
            world.time.schedule(
                Duration.ofMillis(1_100).toNanos(),
                () -> updates.add(lock.updateDataAsync(SdkBytes.fromUtf8String("new"))));
          }
          return Fault.NONE;
        });
    world.seconds(ROUND + 5);

    assertThat(updates).hasSize(1).allMatch(CompletableFuture::isDone);
    assertThat(a.store.count("look")).isEqualTo(1);
    assertThat(told).isEmpty();
    assertThat(lock.isHeld()).isTrue();
  }

  @Test
  void readThatFails_isTriedAgainInTheNextRound() {
    HeldLock lock = a.acquired();
    List<Revocation> told = a.revocations(lock);
    world.table.removeRow(KEY);
    a.store.fail("poll", Fault.REQUEST_LOST);
    world.seconds(ROUND + 10);
    a.store.fail("look", Fault.REQUEST_LOST);
    world.seconds(ROUND);
    assertThat(told).isEmpty();
    a.store.heal();
    world.seconds(ROUND);
    assertThat(told).extracting(Revocation::reason).containsExactly(Reason.ITEM_DELETED);
  }

  @Test
  void releasedLock_isNotReadAnyMore() {
    a.acquired().close();
    HeldLock kept = a.acquired(r -> r.key("kept"));
    world.seconds(ROUND + 1);
    assertThat(a.store.count("poll")).isEqualTo(1);
    kept.close();
    world.seconds(5 * ROUND);
    assertThat(a.store.count("poll")).isEqualTo(1);
  }

  @Test
  void closingClient_readsNothing() {
    HeldLock lock = a.acquired();
    world.seconds(ROUND - 1);
    // The callback outlasts the time when the read is due.
    lock.onRevoked(lost -> world.seconds(3));
    a.client.close();
    world.seconds(ROUND);
    assertThat(a.store.count("poll")).isZero();
  }

  /** Regression: it was nobody's for as long as the session lived. */
  @Test
  void restoredItem_thatNamesTheLivingSession_isFreedALeaseAfterItsHolderWasTold() {
    a.acquired().close();
    a.acquired().close();
    HeldLock third = a.acquired();
    Map<String, AttributeValue> earlier = world.table.row(KEY);
    third.close();
    HeldLock lock = a.acquired();
    HeldLock other = a.acquired(r -> r.key("other"));
    world.table.putRow(KEY, earlier);
    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);

    world.seconds(ROUND + 1);
    assertThat(lock.revocation()).isPresent();
    assertThat(waiting).isNotDone();
    world.seconds(22);

    assertThat(waiting.join().isHeld()).isTrue();
    assertThat(other.isHeld()).isTrue();
  }

  @Test
  void restoredItem_thatNamesTheLivingSession_isFreedWhenItsHolderHasStopped() {
    HeldLock first = a.acquired();
    Map<String, AttributeValue> earlier = world.table.row(KEY);
    first.close();
    HeldLock lock = a.acquired();
    world.table.putRow(KEY, earlier);
    world.seconds(ROUND + 1);
    lock.close();
    world.seconds(1);
    assertThat(world.isReleased()).isTrue();
  }
}
