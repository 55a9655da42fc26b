package io.github.batonlock.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.support.World;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What whole clients make of any row, on virtual time: a row that is no lock is named and left as
 * it is, a held one is taken only from who has been silent for a lease, a free one is taken.
 */
@Timeout(3_600)
class RowClientFuzzTest {
  private static final LockKey KEY = LockKey.of("k");
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Polls come about once a second; a request and its answer take 4 ms. */
  private static final Duration A_POLL = Duration.ofMillis(1_100);

  @Test
  void row_whoeverWroteIt_isLeftAsItIsUnlessItIsALockThatMayBeTaken() {
    Fuzz fuzz = new Fuzz("whole clients");
    fuzz.check(
        Fuzz.rows("clients", 2_000),
        row -> {
          Scene scene = new Scene(row);
          RowOracle forGrant = RowOracle.forGrant(row);
          if (forGrant != RowOracle.NO_LOCK && RowOracle.sumHasTooManyDigits(row)) {
            fuzz.count("token of too many digits");
            scene.isRefusedAndLeft(forGrant);
            return;
          }
          fuzz.count(forGrant.name());
          switch (forGrant) {
            case NO_LOCK -> scene.isNamedAndLeft();
            case HELD -> scene.isTakenFromTheSilentOnly();
            case FREE -> scene.isTakenAndGivenBack();
          }
          scene.world.assertNothingIsLeft();
        });
  }

  /** What can happen behind a waiter's back, at the very moment that it sends a request. */
  @Test
  void row_replacedWhileAClientWaits_isLeftAsItIsUnlessItIsALockThatMayBeTaken() {
    Fuzz fuzz = new Fuzz("whole clients, row replaced while they wait");
    long[] number = new long[1];
    fuzz.check(
        Fuzz.rows("clients", 2_000),
        row -> fuzz.count(replacedBy(row, number[0]++ % 2 == 0 ? "takeover" : "poll")));
  }

  private static String replacedBy(Map<String, AttributeValue> row, String operation) {
    Map<String, AttributeValue> held = new HashMap<>();
    held.put("ownerName", AttributeValue.fromS("somebody"));
    held.put("leaseDuration", AttributeValue.fromS("20000"));
    held.put("recordVersionNumber", AttributeValue.fromS("v1"));
    Scene scene = new Scene(held);
    World.Node waiter = scene.world.node("waiter");
    boolean[] replaced = new boolean[1];
    waiter.store.faults(
        sent -> {
          if (sent.equals(operation) && !replaced[0]) {
            replaced[0] = true;
            scene.put(row);
          }
          return Fault.NONE;
        });
    String outcome;
    try {
      HeldLock unused = waiter.client.acquire(request(r -> r.waitUpTo(Duration.ofSeconds(27))));
      outcome = "acquired";
    } catch (MalformedLockItemException e) {
      outcome = "malformed";
    } catch (LockStoreException e) {
      assertThat(e.kind()).isEqualTo(LockStoreException.Kind.INVALID_REQUEST);
      assertThat(RowOracle.sumHasTooManyDigits(row)).isTrue();
      outcome = "refused, token of too many digits";
    } catch (LockNotAcquiredException e) {
      outcome = "not acquired";
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(replaced[0]).isTrue();
    if (outcome.startsWith("refused")) {
      scene.rowIsAsItWas();
      return outcome;
    }
    RowOracle oracle = RowOracle.forGrant(row);
    boolean sameVersion = "v1".equals(RowOracle.text(row, "recordVersionNumber"));
    if (oracle != RowOracle.NO_LOCK) {
      assertThat(outcome).isNotEqualTo("malformed");
    } else if (outcome.equals("acquired")) {
      // Texts that say nothing, after the last look, under the same version: no condition can tell.
      assertThat(operation).isEqualTo("takeover");
      assertThat(sameVersion).isTrue();
      assertThat(RowOracle.hasTheTypesOfALock(row)).isTrue();
      return "NO_LOCK by its texts only, under an observed version: acquired";
    } else {
      assertThat(outcome).isEqualTo("malformed");
    }
    if (!outcome.equals("acquired")) {
      scene.rowIsAsItWas();
    }
    return oracle + ": " + outcome;
  }

  private static LockRequest request(Consumer<LockRequest.Builder> options) {
    LockRequest.Builder builder = LockRequest.builder().key(KEY);
    options.accept(builder);
    return builder.build();
  }

  /** A table with one row, and clients that see it for the first time. */
  private static final class Scene {
    private final World world = new World();
    private final VirtualTime time = world.time;
    private final List<MalformedLockItemException> told = new ArrayList<>();
    private Map<String, AttributeValue> row;

    Scene(Map<String, AttributeValue> row) {
      put(row);
    }

    private void put(Map<String, AttributeValue> row) {
      world.table.putRow(KEY, row);
      this.row = Objects.requireNonNull(world.table.row(KEY));
    }

    private void rowIsAsItWas() {
      assertThat(world.table.row(KEY)).isSameAs(row);
    }

    private World.Node node() {
      return world.node(
          "me",
          config -> {},
          new LockListener() {
            @Override
            public void malformedItem(MalformedLockItemException problem) {
              told.add(problem);
            }
          });
    }

    void isNamedAndLeft() {
      World.Node me = node();
      isMalformed(() -> me.client.acquire(request(r -> r.waitUpTo(Duration.ZERO))));
      isMalformed(() -> me.client.acquire(request(r -> r.waitUpTo(LONG))));
      isMalformed(() -> me.client.acquire(request(LockRequest.Builder::waitForever)));
      isMalformed(() -> me.client.tryAcquire("k"));
      isMalformed(
          () ->
              me.client.acquire(
                  request(
                      r ->
                          r.onlyIfExists(true)
                              .deleteOnRelease(true)
                              .data(SdkBytes.fromUtf8String("d"))
                              .attribute("mine", AttributeValue.fromS("m")))));
      boolean isHeldForEver = RowOracle.of(row) == RowOracle.HELD;
      if (!isHeldForEver) {
        isMalformed(() -> me.client.inspect("k"));
      }
      try (var locks = me.client.listLocks()) {
        assertThat(locks).hasSize(isHeldForEver ? 1 : 0);
      }
      time.settle();
      assertThat(told).hasSize(isHeldForEver ? 0 : 1);
      assertThat(time.elapsed()).isLessThan(SECOND);
      time.advance(Duration.ofHours(1));
      isMalformed(() -> me.client.tryAcquire("k"));
      assertThat(me.store.count("takeover")).isZero();
      rowIsAsItWas();
    }

    private void isMalformed(Callable<?> call) {
      assertThatExceptionOfType(MalformedLockItemException.class)
          .isThrownBy(call::call)
          .satisfies(e -> assertThat(LockAttributes.isReserved(e.attribute())).isTrue())
          .satisfies(e -> assertThat(e.key()).isEqualTo(KEY));
      rowIsAsItWas();
    }

    /** By DynamoDB, where the client has no way to see it come. */
    void isRefusedAndLeft(RowOracle oracle) {
      World.Node me = node();
      if (oracle == RowOracle.FREE) {
        assertThatExceptionOfType(LockStoreException.class)
            .isThrownBy(() -> me.client.acquire(request(r -> r.waitUpTo(LONG))))
            .satisfies(
                e -> assertThat(e.kind()).isEqualTo(LockStoreException.Kind.INVALID_REQUEST));
        assertThat(time.elapsed()).isLessThan(SECOND);
      }
      assertThat(me.client.inspect("k")).isPresent();
      rowIsAsItWas();
    }

    void isTakenFromTheSilentOnly() {
      String text = Objects.requireNonNull(RowOracle.text(row, "leaseDuration"));
      Duration lease = Duration.ofNanos(RowOracle.leaseNanos(text).orElseThrow().longValueExact());
      if (lease.compareTo(SECOND) >= 0) {
        isLeftToItsHolder(lease);
      }
      if (lease.compareTo(LONG) <= 0) {
        isTakenAfter(lease);
      }
    }

    private void isLeftToItsHolder(Duration lease) {
      World.Node me = node();
      assertThat(tried(me)).isFalse();
      Duration half = lease.compareTo(LONG) > 0 ? Duration.ofSeconds(30) : lease.dividedBy(2);
      for (Duration wait : List.of(Duration.ZERO, half)) {
        assertThatExceptionOfType(LockNotAcquiredException.class)
            .isThrownBy(() -> me.client.acquire(request(r -> r.waitUpTo(wait))))
            .satisfies(e -> assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD));
      }
      LockInfo info = inspected(me);
      assertThat(info.liveness()).isEqualTo(Liveness.UNKNOWN);
      assertThat(info.leaseDuration()).isEqualTo(lease);
      try (var locks = me.client.listLocks()) {
        assertThat(locks).hasSize(1);
      }
      rowIsAsItWas();
    }

    private void isTakenAfter(Duration lease) {
      String version = Objects.requireNonNull(RowOracle.text(row, "recordVersionNumber"));
      boolean ours = version.matches("[0-9]{13}-[A-Za-z0-9_-]{22}");
      Duration began = time.elapsed();
      HeldLock lock = acquired(node(), LockRequest.Builder::waitForever);
      Duration wait = ours ? lease : lease.multipliedBy(5).dividedBy(4);
      Duration waited = time.elapsed().minus(began);
      // The rounding of the fraction: less than any clock shows.
      assertThat(waited).isBetween(wait.minusNanos(125), wait.plus(A_POLL));
      isOursNow(lock);
    }

    void isTakenAndGivenBack() {
      World.Node me = node();
      assertThat(inspected(me).liveness()).isEqualTo(Liveness.FREE);
      Duration began = time.elapsed();
      HeldLock lock = acquired(me, r -> r.onlyIfExists(true));
      assertThat(time.elapsed().minus(began)).isLessThan(Duration.ofMillis(10));
      isOursNow(lock);
      lock.close();
      time.advance(SECOND);
      Map<String, AttributeValue> after = Objects.requireNonNull(world.table.row(KEY));
      boolean hasRoom = RowOracle.canGrow(after);
      assertThat(RowOracle.of(after)).isEqualTo(hasRoom ? RowOracle.FREE : RowOracle.NO_LOCK);
      assertThat(users(after)).isEqualTo(users(row));
      assertThat(tried(node())).isEqualTo(hasRoom);
    }

    private void isOursNow(HeldLock lock) {
      Map<String, AttributeValue> now = Objects.requireNonNull(world.table.row(KEY));
      assertThat(RowOracle.of(now)).isEqualTo(RowOracle.HELD);
      assertThat(RowOracle.text(now, "ownerName")).isEqualTo("me");
      assertThat(now).doesNotContainKeys("isReleased", "ttl", "session");
      assertThat(now.get("data")).isEqualTo(row.get("data"));
      assertThat(users(now)).isEqualTo(users(row));
      AttributeValue before = row.get("fencingToken");
      BigDecimal after = new BigDecimal(now.get("fencingToken").n());
      assertThat(lock.fencingToken()).isEqualTo(after.longValue());
      if (before != null) {
        assertThat(after.subtract(BigDecimal.ONE)).isEqualByComparingTo(before.n());
      }
      assertThat(lock.isHeld()).isTrue();
    }

    private static Map<String, AttributeValue> users(Map<String, AttributeValue> row) {
      Map<String, AttributeValue> users = new HashMap<>(row);
      users.keySet().removeIf(LockAttributes::isReserved);
      return users;
    }

    private static boolean tried(World.Node node) {
      try {
        return node.client.tryAcquire("k").isPresent();
      } catch (MalformedLockItemException e) {
        return false;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private static LockInfo inspected(World.Node node) {
      return node.client.inspect("k").orElseThrow();
    }

    private static HeldLock acquired(World.Node node, Consumer<LockRequest.Builder> options) {
      try {
        return node.client.acquire(request(options));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
