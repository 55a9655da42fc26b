package io.github.batonlock.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A request that DynamoDB refuses whenever it is sent is not sent again, and that is told; as
 * time-lines on a virtual clock. Lease 20 s; requests take 4 ms.
 */
class RefusedRequestsTest implements LockListener {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> config.leases = Leases.shared(), this);
  private final List<LockException> told = new ArrayList<>();

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    told.add(failure);
  }

  @Test
  void release_refusedAsInvalid_isSentOnce_andToldAsUnconfirmed() {
    HeldLock other = a.acquired(r -> r.key("other"));
    HeldLock lock = a.acquired();
    a.store.fail("release", Fault.INVALID);
    CompletableFuture<Void> closed = lock.closeAsync();
    world.seconds(600);

    assertThat(closed).isCompleted();
    assertThat(a.store.count("release")).isEqualTo(1);
    assertThat(told)
        .singleElement()
        .isInstanceOfSatisfying(
            LockStoreException.class,
            failure -> assertThat(failure.kind()).isEqualTo(Kind.INVALID_REQUEST));
    assertThat(other.isHeld()).isTrue();
  }

  /** An item with data up to the last byte. */
  @Test
  void release_thatHasNoRoomForATimeToLive_isSentWithoutOne() {
    World.Node b =
        world.node("b", config -> config.releasedItemRetention = Duration.ofDays(1), this);
    HeldLock lock = b.acquired();
    b.store.failNext("release", Fault.INVALID);
    lock.close();

    assertThat(world.isReleased()).isTrue();
    assertThat(world.attribute("ttl")).isNull();
    assertThat(b.store.count("release")).isEqualTo(2);
    assertThat(told).isEmpty();
  }

  /** A permission that is missing may come; until then the table is not asked every second. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void release_refusedForWantOfAPermission_isSentOnceALease_untilItIsGiven(boolean deletes) {
    HeldLock other = a.acquired(r -> r.key("other"));
    HeldLock lock = a.acquired(r -> r.deleteOnRelease(deletes));
    String operation = deletes ? "delete" : "release";
    a.store.fail(operation, Fault.ACCESS_DENIED);
    lock.closeAsync();
    world.seconds(600);
    assertThat(a.store.count(operation)).isBetween(30L, 45L);
    a.store.heal();
    world.seconds(20);

    assertThat(deletes ? world.owner() == null : world.isReleased()).isTrue();
    assertThat(other.isHeld()).isTrue();
  }

  @Test
  void holder_whoseItemHasNoRoomForARequest_isAskedOnce() {
    World.Node b = world.node("b");
    HeldLock lock = a.acquired(r -> r.leases(Leases.own()));
    b.store.fail("ask", Fault.INVALID);
    CompletableFuture<HeldLock> wanted =
        b.acquire(r -> r.waitForever().requestRelease("deploy", Duration.ofMinutes(1)));
    world.seconds(60);
    assertThat(b.store.count("ask")).isEqualTo(1);

    // Another hold is another item.
    lock.close();
    world.seconds(2);
    assertThat(wanted).isCompleted();
    assertThat(world.table.row(LockKey.of("k"))).doesNotContainKey("isReleased");
  }

  /** Regression: a list of requests that is too long for one expression was never shortened. */
  @Test
  void sessionItem_withMoreRequestsThanOneHeartbeatTakesOut_isEmptiedByAndBy() {
    HeldLock lock = a.acquired();
    LockKey session = lock.session().orElseThrow();
    Map<String, AttributeValue> row = new HashMap<>(world.table.row(session));
    AttributeValue text = AttributeValue.fromS("k");
    AttributeValue number = AttributeValue.fromN("1");
    AttributeValue request =
        AttributeValue.fromM(
            Map.of(
                "id", text, "askedBy", text, "reason", text, "deadline", number, "token", number));
    row.put("releaseRequest", AttributeValue.fromL(Collections.nCopies(2_000, request)));
    world.table.putRow(session, row);
    world.seconds(5 * 110);

    assertThat(world.table.row(session).get("releaseRequest").l()).isEmpty();
    assertThat(lock.isHeld()).isTrue();
  }
}
