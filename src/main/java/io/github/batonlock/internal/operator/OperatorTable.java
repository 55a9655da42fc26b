package io.github.batonlock.internal.operator;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.dynamodb.DynamoCalls;
import io.github.batonlock.internal.dynamodb.DynamoLockStore;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.protocol.TableClock;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.LivePlatform;
import io.github.batonlock.internal.runtime.Platform;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lock table as an operator's program sees it: one request after another, on the calling
 * thread. It also knows the table's clock, from the answers.
 *
 * <p>Every method throws {@link LockStoreException} when the table does not answer, and {@link
 * InterruptedException} when the thread is interrupted.
 */
@ConfinedTo(ConfinedTo.ONE_THREAD)
public final class OperatorTable implements AutoCloseable {
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(8));
  private static final Timeouts LISTING =
      new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30));

  /** What clients assume by default of the {@code Date} of answers (protocol section 9). */
  static final Duration MAX_DATE_ERROR = Duration.ofSeconds(5);

  private final ClientConfig config;
  private final Platform platform;
  private final LockStore store;
  private final TableClock clock = new TableClock(MAX_DATE_ERROR);
  private @Nullable Exchange latest;
  private volatile Traffic traffic = new Traffic(0, 0, 0);

  /**
   * The requests that this view has sent.
   *
   * @param pages pages of the whole table
   * @param reads eventually consistent reads of one item
   * @param consistentReads strongly consistent reads of one item
   */
  public record Traffic(long pages, long reads, long consistentReads) {
    Traffic plus(long morePages, long moreReads, long moreConsistentReads) {
      return new Traffic(
          pages + morePages, reads + moreReads, consistentReads + moreConsistentReads);
    }
  }

  /** A clock of the table beside this machine's: the last answer that had a date. */
  record Exchange(Instant date, ClockReading sentAt, ClockReading receivedAt) {}

  /**
   * Creates the view of a table, on any machine and store.
   *
   * @param config the table, and the owner name under which the operator asks holders
   * @param platform clocks and threads, ended by {@link #close()}
   * @param store the table
   */
  public OperatorTable(ClientConfig config, Platform platform, LockStore store) {
    this.config = config;
    this.platform = platform;
    this.store = store;
  }

  /**
   * Creates the view of a table on the real machine.
   *
   * @param config the table, and the owner name under which the operator asks holders
   * @param dynamoDb the SDK client, which stays open
   * @return the view; close it
   */
  public static OperatorTable live(ClientConfig config, DynamoCalls.Factory dynamoDb) {
    Bounds bounds = config.bounds();
    Platform platform =
        new LivePlatform(
            null,
            null,
            new LivePlatform.ThreadCounts(
                bounds.of(Bound.REQUEST_THREADS), bounds.of(Bound.CALLBACK_THREADS)));
    LockStore store =
        new DynamoLockStore(
            dynamoDb.on(platform.requests()),
            config.tableName(),
            config.partitionKeyName(),
            config.sortKeyName(),
            new DynamoLockStore.Kept(
                bounds.of(Bound.EXPRESSION_CHARACTERS), bounds.of(Bound.REQUEST_OVERRIDES)));
    return new OperatorTable(config, platform, store);
  }

  ClientConfig config() {
    return config;
  }

  // Requests

  /** Reads an item, strongly consistently. */
  StoredItem read(LockKey key) throws InterruptedException {
    return answer(key).item();
  }

  /** Reads an item and what else stands there, strongly consistently. */
  ReadAnswer answer(LockKey key) throws InterruptedException {
    traffic = traffic.plus(0, 0, 1);
    ClockReading sentAt = now();
    ReadAnswer answer = platform.await(store.read(key, true, TIMEOUTS));
    answered(answer.serverDate(), sentAt);
    return answer;
  }

  /** Reads items, eventually consistently, some at a time; the answers in the order of the keys. */
  List<ReadAnswer> answers(List<LockKey> keys) throws InterruptedException {
    List<ReadAnswer> answers = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i += Bound.OPERATOR_READS.defaultValue()) {
      List<LockKey> some =
          keys.subList(i, Math.min(keys.size(), i + Bound.OPERATOR_READS.defaultValue()));
      traffic = traffic.plus(0, some.size(), 0);
      ClockReading sentAt = now();
      List<CompletableFuture<ReadAnswer>> sent =
          some.stream().map(key -> store.read(key, false, TIMEOUTS)).toList();
      for (CompletableFuture<ReadAnswer> each : sent) {
        ReadAnswer answer = platform.await(each);
        answered(answer.serverDate(), sentAt);
        answers.add(answer);
      }
    }
    return answers;
  }

  /** The requests that were sent so far. Any thread. */
  Traffic traffic() {
    return traffic;
  }

  /** Runs tasks on threads of this view, until it is closed. Any thread. */
  Executor tasks() {
    return platform.callbacks();
  }

  /**
   * The result of a write.
   *
   * @param applied whether it took place
   * @param item the item that made its condition fail; unknown after a write that took place
   */
  record Written(boolean applied, StoredItem item) {}

  /**
   * Does one conditional write. If its answer is lost, a read decides.
   *
   * @param write the write
   * @param version the version that it gives to the item; null if it gives none
   * @throws LockStoreException also if it is not known whether the write took place
   */
  Written write(LockWrite write, @Nullable String version) throws InterruptedException {
    ClockReading sentAt = now();
    try {
      WriteAnswer answer = platform.await(store.write(write, TIMEOUTS));
      answered(answer.serverDate(), sentAt);
      if (answer.applied()) {
        return new Written(true, answer.item());
      }
      StoredItem against = answer.item().isKnown() ? answer.item() : read(write.key());
      // The SDK's own second attempt meets the effect of the first one.
      return new Written(version != null && against.hasVersion(version), against);
    } catch (LockStoreException e) {
      if (version == null || !e.mayHaveBeenApplied()) {
        throw e;
      }
      StoredItem found = read(write.key());
      if (!found.hasVersion(version)) {
        throw e;
      }
      return new Written(true, found);
    }
  }

  /** Sends a write only to see whether the table answers. No item meets its condition. */
  void trial(LockWrite write) throws InterruptedException {
    ClockReading sentAt = now();
    WriteAnswer answer = platform.await(store.write(write, TIMEOUTS));
    answered(answer.serverDate(), sentAt);
  }

  /** Reads all items, those that are not locks included, page by page. */
  void scan(Consumer<List<ItemPage.Row>> page) throws InterruptedException {
    LockStore.PageToken next = null;
    do {
      traffic = traffic.plus(1, 0, 0);
      ItemPage answer = platform.await(store.list(next, LISTING));
      page.accept(answer.rows());
      next = answer.next();
    } while (next != null);
  }

  /** Reads the first page of all items. */
  void onePage() throws InterruptedException {
    ItemPage unused = platform.await(store.list(null, LISTING));
  }

  // Versions and time

  ClockReading now() {
    return platform.loop().now();
  }

  /** A fresh version, for a write that is sent now. */
  String newVersion() {
    return RecordVersion.create(now().epochMillis(), platform.random());
  }

  /** What the item says of the time when this version was sent. Made before the write is sent. */
  SentBefore stamp(String version) {
    return SentBefore.stamp(version, clock.upperBound(now()));
  }

  /** The table's clock is not earlier than this; in milliseconds since 1970. */
  OptionalLong tableTime() {
    return clock.lowerBound(now());
  }

  /** The last answer that had a date; null if none had. */
  @Nullable Exchange latestDate() {
    return latest;
  }

  /** Lets time pass. */
  void pause(Duration duration) throws InterruptedException {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    var unused = platform.loop().schedule(duration.toNanos(), () -> over.complete(true));
    boolean unusedToo = platform.await(over);
  }

  private void answered(@Nullable Instant date, ClockReading sentAt) {
    if (date != null) {
      Exchange exchange = new Exchange(date, sentAt, now());
      latest = exchange;
      clock.answer(Objects.requireNonNull(date), sentAt, exchange.receivedAt());
    }
  }

  /** Ends the threads of this view. */
  @Override
  public void close() {
    platform.shutdown(true);
  }
}
