package io.github.batonlock.internal.operator;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.operator.LockRow.State;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.FirstSightRule;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    ReadAnswer lock = table.answer(key);
    LockKey session = sessionOf(lock.item());
    ReadAnswer kept = session == null ? null : table.answer(session);
    List<AskedRelease> asked = kept == null ? lock.asked() : kept.asked();
    return judge(key, lock.item(), kept == null ? null : kept.item(), asked);
  }

  /**
   * Reads locks, and the sessions that keep them, eventually consistently: each item once.
   *
   * @param keys the locks
   * @return a row for each key, in their order
   */
  public List<LockRow> glance(List<LockKey> keys) throws InterruptedException {
    List<ReadAnswer> locks = table.answers(keys);
    List<LockKey> sessions =
        locks.stream()
            .map(answer -> sessionOf(answer.item()))
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    List<ReadAnswer> kept = table.answers(sessions);
    List<LockRow> rows = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      ReadAnswer lock = locks.get(i);
      LockKey session = sessionOf(lock.item());
      ReadAnswer life = session == null ? null : kept.get(sessions.indexOf(session));
      List<AskedRelease> asked = life == null ? lock.asked() : life.asked();
      rows.add(judge(keys.get(i), lock.item(), life == null ? null : life.item(), asked));
    }
    return rows;
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
    Map<LockKey, ItemPage.Row> sessions = new HashMap<>();
    table.scan(
        page -> {
          for (ItemPage.Row row : page) {
            if (SessionKey.isSession(row.key())) {
              sessions.put(row.key(), row);
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
      ItemPage.Row kept =
          session == null
              ? null
              : sessions.getOrDefault(
                  session, new ItemPage.Row(session, StoredItem.ABSENT, List.of()));
      List<AskedRelease> asked = kept == null ? row.asked() : kept.asked();
      judged.add(judge(row.key(), row.item(), kept == null ? null : kept.item(), asked));
    }
    return judged;
  }

  private static @Nullable LockKey sessionOf(StoredItem stored) {
    return stored.state() instanceof ItemState.Lock lock && !lock.item().released()
        ? lock.item().session()
        : null;
  }

  /** Judges an item, the session that it names, and the requests that stand in one of them. */
  private LockRow judge(
      LockKey key, StoredItem stored, @Nullable StoredItem session, List<AskedRelease> asked) {
    if (stored.state() instanceof ItemState.NotALock bad) {
      return LockRow.without(key, State.NOT_A_LOCK, bad);
    }
    if (!(stored.state() instanceof ItemState.Lock lock)) {
      return LockRow.without(key, State.ABSENT, null);
    }
    LockItem item = lock.item();
    LockItem life =
        session != null && session.state() instanceof ItemState.Lock kept ? kept.item() : item;
    State state = stateOf(key, item, session);
    return new LockRow(key, state, item, null, age(life), life, askers(key, item, asked));
  }

  /** The requests for the hold that an item shows. */
  private List<LockRow.Asker> askers(LockKey key, LockItem item, List<AskedRelease> asked) {
    if (item.released() || asked.isEmpty()) {
      return List.of();
    }
    return asked.stream()
        .filter(each -> item.fencingToken().equals(OptionalLong.of(each.token())))
        .filter(each -> each.lock() == null || each.lock().equals(key))
        .map(
            each ->
                new LockRow.Asker(each.askedBy(), each.reason(), sent(each.id()), each.reserve()))
        .toList();
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
    return sent(item.version());
  }

  /** How long ago a version was made, by the wall clocks of its client and of this machine. */
  private Optional<Duration> sent(String version) {
    OptionalLong sent = RecordVersion.epochMillis(version);
    return sent.isPresent()
        ? Optional.of(notNegative(table.now().epochMillis() - sent.getAsLong()))
        : Optional.empty();
  }

  private static Duration notNegative(long millis) {
    return Duration.ofMillis(Math.max(0, millis));
  }
}
