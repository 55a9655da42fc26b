package io.github.batonlock.internal.operator;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.operator.LockRow.State;
import io.github.batonlock.internal.protocol.FirstSightRule;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.StoredItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The reader of locks. It judges each by one look: by what the item says of itself, and by the
 * table's clock. It writes nothing.
 */
public final class LockReader {
  private static final FirstSightRule RULE = new FirstSightRule(OperatorTable.MAX_DATE_ERROR);

  private final OperatorTable table;

  /** Creates a reader of a table. */
  public LockReader(OperatorTable table) {
    this.table = table;
  }

  /** Reads one lock, and the session that keeps it. */
  public LockRow read(LockKey key) throws InterruptedException {
    StoredItem stored = table.read(key);
    LockKey session = sessionOf(stored);
    return judge(key, stored, session == null ? null : table.read(session));
  }

  /**
   * Reads all rows of the table, in no order.
   *
   * <p>The whole table is read, whatever the prefix: DynamoDB has no order of partition keys.
   *
   * @param prefix of the partition keys to return; empty for all
   */
  public List<LockRow> list(String prefix) throws InterruptedException {
    List<ItemPage.Row> rows = new ArrayList<>();
    Map<LockKey, StoredItem> sessions = new HashMap<>();
    table.scan(
        page -> {
          for (ItemPage.Row row : page) {
            if (SessionKey.isSession(row.key())) {
              sessions.put(row.key(), row.item());
            }
            if (row.key().partitionKey().startsWith(prefix)) {
              rows.add(row);
            }
          }
        });
    // The answers to a scan tell no date, and the ages of locks need it.
    if (table.tableTime().isEmpty() && !rows.isEmpty()) {
      var unused = table.read(rows.get(0).key());
    }
    List<LockRow> judged = new ArrayList<>(rows.size());
    for (ItemPage.Row row : rows) {
      LockKey session = sessionOf(row.item());
      StoredItem kept = session == null ? null : sessions.getOrDefault(session, StoredItem.ABSENT);
      judged.add(judge(row.key(), row.item(), kept));
    }
    return judged;
  }

  private static @Nullable LockKey sessionOf(StoredItem stored) {
    return stored.state() instanceof ItemState.Lock lock && !lock.item().released()
        ? lock.item().session()
        : null;
  }

  /** Judges an item, and the session that it names. */
  LockRow judge(LockKey key, StoredItem stored, @Nullable StoredItem session) {
    if (stored.state() instanceof ItemState.NotALock bad) {
      return new LockRow(key, State.NOT_A_LOCK, null, bad, Optional.empty());
    }
    if (!(stored.state() instanceof ItemState.Lock lock)) {
      return new LockRow(key, State.ABSENT, null, null, Optional.empty());
    }
    LockItem item = lock.item();
    LockItem life =
        session != null && session.state() instanceof ItemState.Lock kept ? kept.item() : item;
    return new LockRow(key, stateOf(key, item, session), item, null, age(life));
  }

  private State stateOf(LockKey key, LockItem item, @Nullable StoredItem session) {
    if (SessionKey.isSession(key)) {
      return item.released() || isOver(item) ? State.SESSION_OVER : State.SESSION;
    }
    if (item.released()) {
      return State.FREE;
    }
    if (item.keptClosed()) {
      State closed = FreezeNote.of(item).isPresent() ? State.FROZEN : State.CLOSED;
      return isOver(item) ? State.FREE : closed;
    }
    if (session == null) {
      return isOver(item) ? State.DEAD : State.HELD;
    }
    boolean isKept =
        session.state() instanceof ItemState.Lock kept
            && !kept.item().released()
            && !isOver(kept.item());
    return isKept ? State.HELD : State.DEAD;
  }

  /** Whether the lease of the last write is over by the table's clock (protocol section 9). */
  private boolean isOver(LockItem item) {
    return RULE.mayTakeOver(
        item.version(), item.leaseDuration(), item.sentBefore(), table.tableTime());
  }

  private Optional<Duration> age(LockItem item) {
    SentBefore stamp = item.sentBefore();
    OptionalLong time = table.tableTime();
    if (stamp != null && stamp.tells(item.version()) && time.isPresent()) {
      return Optional.of(notNegative(time.getAsLong() - stamp.epochMillis()));
    }
    OptionalLong sent = RecordVersion.epochMillis(item.version());
    return sent.isPresent()
        ? Optional.of(notNegative(table.now().epochMillis() - sent.getAsLong()))
        : Optional.empty();
  }

  private static Duration notNegative(long millis) {
    return Duration.ofMillis(Math.max(0, millis));
  }
}
