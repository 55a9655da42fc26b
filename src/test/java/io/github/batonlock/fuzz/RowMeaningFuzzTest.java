package io.github.batonlock.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.dynamodb.ItemCodec;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.UserAttributes;
import io.github.batonlock.internal.store.WriteAnswer;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What any row means to the codec and to the conditions of writes: what the protocol says. */
@Timeout(3_600)
class RowMeaningFuzzTest {
  private static final LockKey KEY = LockKey.of("k");
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1));
  private static final LockWrite.Grant GRANT =
      new LockWrite.Grant(
          "me", Duration.ofSeconds(20), "mine-1", 1_000_000, null, UserAttributes.NONE);

  private final ItemCodec codec = new ItemCodec("key", null);
  private final InMemoryLockStore table = new InMemoryLockStore();

  @Test
  void row_whoeverWroteIt_meansWhatTheProtocolSaysAndIsTakenOnlyIfFree() {
    Fuzz fuzz = new Fuzz("codec and conditions");
    fuzz.check(
        Fuzz.rows("rows", 40_000),
        row -> {
          RowOracle expected = RowOracle.of(row);
          table.putRow(KEY, row);
          decodesAs(expected, Objects.requireNonNull(table.row(KEY)));
          if (expected != RowOracle.NO_LOCK && RowOracle.sumHasTooManyDigits(row)) {
            fuzz.count("token of too many digits");
            isRefused(expected);
            return;
          }
          isAcquiredOnlyIfFree(expected, false);
          table.putRow(KEY, row);
          isAcquiredOnlyIfFree(expected, true);
          table.putRow(KEY, row);
          isNotTouchedByOthers();
          if (!RowOracle.sumHasTooManyDigits(row)) {
            isTakenOverOnlyIfStillALock();
          }
          fuzz.count(expected.name());
        });
  }

  private void decodesAs(RowOracle expected, Map<String, AttributeValue> row) {
    StoredItem stored = codec.decode(row);
    assertThat(meaning(stored)).isEqualTo(expected);
    Map<String, AttributeValue> users = new HashMap<>(row);
    users.keySet().removeIf(name -> name.equals("key") || LockAttributes.isReserved(name));
    assertThat(stored.attributes().values()).isEqualTo(users);
    if (stored.state() instanceof ItemState.Lock lock) {
      saysWhatTheRowSays(lock.item(), row);
    } else {
      ItemState.NotALock bad = (ItemState.NotALock) stored.state();
      assertThat(LockAttributes.isReserved(bad.attribute())).isTrue();
      assertThat(bad.problem()).startsWith("is ");
    }
  }

  private static RowOracle meaning(StoredItem stored) {
    if (stored.state() instanceof ItemState.Lock lock) {
      return lock.item().released() ? RowOracle.FREE : RowOracle.HELD;
    }
    return RowOracle.NO_LOCK;
  }

  private static void saysWhatTheRowSays(LockItem item, Map<String, AttributeValue> row) {
    assertThat(item.ownerName()).isEqualTo(textOrEmpty(row, "ownerName"));
    assertThat(item.version()).isEqualTo(textOrEmpty(row, "recordVersionNumber"));
    assertThat(item.leaseDuration())
        .isEqualTo(
            RowOracle.leaseNanos(textOrEmpty(row, "leaseDuration"))
                .map(nanos -> Duration.ofNanos(nanos.longValueExact()))
                .orElse(Duration.ZERO));
    AttributeValue data = row.get("data");
    assertThat(item.data()).isEqualTo(data == null ? null : data.b());
    AttributeValue token = row.get("fencingToken");
    if (token == null) {
      assertThat(item.fencingToken()).isEmpty();
    } else {
      assertThat(item.fencingToken())
          .hasValue(new BigDecimal(token.n()).setScale(0, RoundingMode.FLOOR).longValueExact());
    }
  }

  private static String textOrEmpty(Map<String, AttributeValue> row, String name) {
    String text = RowOracle.text(row, name);
    return text == null ? "" : text;
  }

  /** By the table itself: it fails the write, and not its condition. */
  private void isRefused(RowOracle expected) {
    Map<String, AttributeValue> before = Objects.requireNonNull(table.row(KEY));
    String version = textOrEmpty(before, "recordVersionNumber");
    LockWrite write =
        expected == RowOracle.FREE
            ? new LockWrite.Acquire(KEY, GRANT, false)
            : new LockWrite.Takeover(KEY, GRANT, version);
    assertThat(table.write(write, TIMEOUTS))
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .havingCause()
        .isInstanceOfSatisfying(
            LockStoreException.class,
            e -> assertThat(e.kind()).isEqualTo(LockStoreException.Kind.INVALID_REQUEST));
    assertThat(table.row(KEY)).isSameAs(before);
  }

  private void isAcquiredOnlyIfFree(RowOracle expected, boolean onlyIfExists) {
    Map<String, AttributeValue> before = Objects.requireNonNull(table.row(KEY));
    WriteAnswer answer = write(new LockWrite.Acquire(KEY, GRANT, onlyIfExists));
    assertThat(answer.applied()).isEqualTo(expected == RowOracle.FREE);
    Map<String, AttributeValue> after = Objects.requireNonNull(table.row(KEY));
    if (answer.applied()) {
      isGranted(answer, before);
    } else {
      assertThat(after).isEqualTo(before);
      assertThat(meaning(answer.item())).isEqualTo(RowOracle.forGrant(before));
    }
  }

  private void isTakenOverOnlyIfStillALock() {
    Map<String, AttributeValue> before = Objects.requireNonNull(table.row(KEY));
    String version = textOrEmpty(before, "recordVersionNumber");
    WriteAnswer answer = write(new LockWrite.Takeover(KEY, GRANT, version));
    if (RowOracle.forGrant(before) != RowOracle.NO_LOCK) {
      assertThat(answer.applied()).isTrue();
      isGranted(answer, before);
    } else {
      assertThat(answer.applied())
          .isEqualTo(RowOracle.hasTheTypesOfALock(before) && RowOracle.canGrow(before));
    }
  }

  private void isGranted(WriteAnswer answer, Map<String, AttributeValue> before) {
    assertThat(meaning(answer.item())).isEqualTo(RowOracle.HELD);
    LockItem granted = ((ItemState.Lock) answer.item().state()).item();
    assertThat(granted.ownerName()).isEqualTo("me");
    assertThat(granted.version()).isEqualTo("mine-1");
    assertThat(granted.leaseDuration()).isEqualTo(Duration.ofSeconds(20));
    LockItem old = ((ItemState.Lock) codec.decode(before).state()).item();
    assertThat(granted.fencingToken()).hasValue(old.fencingToken().orElse(1_000_000) + 1);
    assertThat(granted.data()).isEqualTo(old.data());
    assertThat(answer.item().attributes()).isEqualTo(codec.decode(before).attributes());
  }

  /** By an owner and versions that are not in the row. */
  private void isNotTouchedByOthers() {
    Map<String, AttributeValue> before = Objects.requireNonNull(table.row(KEY));
    List<String> versions = List.of("mine-0", "mine-1");
    for (LockWrite write :
        List.of(
            new LockWrite.Takeover(KEY, GRANT, "mine-0"),
            new LockWrite.Heartbeat(KEY, "me", versions, "mine-2", null),
            new LockWrite.Release(KEY, "me", versions, "mine-2", null),
            new LockWrite.Delete(KEY, "me", versions))) {
      assertThat(write(write).applied()).isFalse();
    }
    assertThat(table.row(KEY)).isSameAs(before);
  }

  private WriteAnswer write(LockWrite write) {
    return table.write(write, TIMEOUTS).join();
  }
}
