package io.github.batonlock.internal.virtual;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.store.GrantsAnswer;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of one client to the table, with every fault a network and DynamoDB have.
 *
 * <p>Every request takes {@link #LATENCY} each way, if nothing else is said, and is written down.
 * Any thread may use it where the time is real.
 */
public final class FaultyStore implements LockStore {
  /** One way, unless {@link #latency} says otherwise. */
  public static final Duration LATENCY = Duration.ofMillis(2);

  /** What can happen to a request. */
  public enum Fault {
    /** Nothing: applied and answered. */
    NONE,
    /** Never arrives; the SDK's timeout ends it. */
    REQUEST_LOST,
    /** Applied, the answer lost; the SDK's timeout ends it. */
    ANSWER_LOST,
    /** Applied, then the connection breaks at once. */
    BROKEN_AFTER,
    /** Answered with a 500 at once: not applied, but the client cannot know that. */
    BROKEN_BEFORE,
    /** The SDK cannot connect in several attempts: not applied, but the client cannot know that. */
    REFUSED,
    /** Applied, and the SDK's own retry meets its effect: rejected by its own version. */
    SDK_RETRY,
    /** Refused, certainly not applied. */
    THROTTLED,
    /** Refused, certainly not applied: a transaction is at the item. */
    CONFLICT,
    /** Refused, certainly not applied. */
    ACCESS_DENIED,
    /** Refused, certainly not applied, and no other time either. */
    INVALID,
    /** Never arrives, and no timeout of the SDK ends it. */
    HANG,
    /** The SDK gives up; the request arrives all the same, ten seconds later or as told. */
    APPLIED_LATER
  }

  private final WorldTime time;
  private final LockStore table;
  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Long> counts = new ConcurrentHashMap<>();
  private final Map<String, List<Timeouts>> timeouts = new ConcurrentHashMap<>();
  private volatile Function<String, Fault> faults = operation -> Fault.NONE;
  private volatile @Nullable LockKey victim;
  private volatile @Nullable Kind refusal;
  private volatile Duration latency = LATENCY;
  private volatile Duration lateness = Duration.ofSeconds(10);
  private volatile boolean hidesItems;

  public FaultyStore(WorldTime time, LockStore table) {
    this.time = time;
    this.table = table;
  }

  /** What happens to requests from now on, by operation ("heartbeat", "read", ...). */
  public void faults(Function<String, Fault> faults) {
    this.faults = faults;
  }

  /** Every request fails this way from now on. */
  public void failAll(Fault fault) {
    faults(operation -> fault);
  }

  /** Requests of one operation fail this way from now on. */
  public void fail(String failing, Fault fault) {
    faults(operation -> operation.equals(failing) ? fault : Fault.NONE);
  }

  /** Only the next request of one operation fails this way. */
  public void failNext(String failing, Fault fault) {
    boolean[] used = new boolean[1];
    faults(
        operation -> {
          if (used[0] || !operation.equals(failing)) {
            return Fault.NONE;
          }
          used[0] = true;
          return fault;
        });
  }

  /** Every request for one lock fails this way from now on, and no other. */
  public void failKey(String key, Fault fault) {
    failAll(fault);
    victim = LockKey.of(key);
  }

  /** Every request is answered with this failure from now on; null for none. */
  public void refuseAll(@Nullable Kind kind) {
    refusal = kind;
  }

  /** Requests take this long from now on, each way. */
  public void latency(Duration oneWay) {
    latency = oneWay;
  }

  /** How much later than the SDK gives up requests arrive from now on. */
  public void lateness(Duration duration) {
    lateness = duration;
  }

  /** Refused writes are answered without the item from now on, as some endpoints do. */
  public void hideItems() {
    hidesItems = true;
  }

  /** All is well from now on. */
  public void heal() {
    victim = null;
    failAll(Fault.NONE);
  }

  /** What was sent, each line "at-milliseconds operation". */
  public List<String> trace() {
    return List.copyOf(trace);
  }

  /** How long requests of one operation were allowed to take, in the order of sending. */
  public List<Timeouts> timeouts(String operation) {
    return List.copyOf(timeouts.getOrDefault(operation, List.of()));
  }

  /** How many requests were sent since the world began. */
  public long count(String operation) {
    return counts.getOrDefault(operation, 0L);
  }

  @Override
  public CompletableFuture<WriteAnswer> write(LockWrite write, Timeouts timeouts) {
    String operation = write.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    return request(
        write.key(),
        operation,
        true,
        timeouts,
        () -> table.write(write, timeouts).thenApply(this::hidden),
        () -> table.write(write, timeouts).thenApply(FaultyStore::retried).thenApply(this::hidden));
  }

  private static WriteAnswer retried(WriteAnswer answer) {
    return new WriteAnswer(
        answer.applied(),
        answer.item(),
        true,
        answer.serverDate(),
        answer.asked(),
        answer.waiting());
  }

  private WriteAnswer hidden(WriteAnswer answer) {
    return answer.applied() || !hidesItems
        ? answer
        : new WriteAnswer(false, StoredItem.UNKNOWN, answer.retried(), answer.serverDate());
  }

  private GrantsAnswer hidden(GrantsAnswer answer) {
    return answer.applied() || !hidesItems
        ? answer
        : new GrantsAnswer(
            false,
            answer.against().stream()
                .<@Nullable StoredItem>map(item -> item == null ? null : StoredItem.UNKNOWN)
                .toList());
  }

  @Override
  public CompletableFuture<ReadAnswer> read(LockKey key, boolean consistent, Timeouts timeouts) {
    Supplier<CompletableFuture<ReadAnswer>> read = () -> table.read(key, consistent, timeouts);
    return request(key, consistent ? "look" : "poll", false, timeouts, read, read);
  }

  @Override
  public CompletableFuture<GrantsAnswer> grantAll(List<LockWrite> grants, Timeouts timeouts) {
    Supplier<CompletableFuture<GrantsAnswer>> send =
        () -> table.grantAll(grants, timeouts).thenApply(this::hidden);
    return request(null, "grant-all", true, timeouts, send, send);
  }

  @Override
  public CompletableFuture<List<StoredItem>> readAll(List<LockKey> keys, Timeouts timeouts) {
    Supplier<CompletableFuture<List<StoredItem>>> read = () -> table.readAll(keys, timeouts);
    return request(null, "look-all", false, timeouts, read, read);
  }

  @Override
  public CompletableFuture<ItemPage> list(@Nullable PageToken after, Timeouts timeouts) {
    Supplier<CompletableFuture<ItemPage>> list = () -> table.list(after, timeouts);
    return request(null, "list", false, timeouts, list, list);
  }

  private <A> CompletableFuture<A> request(
      @Nullable LockKey key,
      String operation,
      boolean isWrite,
      Timeouts timeouts,
      Supplier<CompletableFuture<A>> send,
      Supplier<CompletableFuture<A>> sendAgain) {
    this.timeouts
        .computeIfAbsent(operation, unused -> Collections.synchronizedList(new ArrayList<>()))
        .add(timeouts);
    trace.add(time.elapsed().toMillis() + " " + operation);
    counts.merge(operation, 1L, Long::sum);
    CompletableFuture<A> result = new CompletableFuture<>();
    long latency = this.latency.toNanos();
    long timeout = timeouts.total().toNanos();
    Kind refused = refusal;
    if (refused != null) {
      boolean mayHaveBeenApplied =
          isWrite && (refused == Kind.UNAVAILABLE || refused == Kind.TIMED_OUT);
      time.schedule(2 * latency, () -> fail(result, refused, mayHaveBeenApplied));
      return result;
    }
    LockKey victim = this.victim;
    boolean spared = victim != null && !victim.equals(key);
    switch (spared ? Fault.NONE : faults.apply(operation)) {
      case NONE -> time.schedule(latency, () -> answer(send.get(), result, latency));
      case REQUEST_LOST -> time.schedule(timeout, () -> fail(result, Kind.TIMED_OUT, isWrite));
      case ANSWER_LOST -> {
        time.schedule(latency, () -> arrive(send));
        time.schedule(timeout, () -> fail(result, Kind.TIMED_OUT, isWrite));
      }
      case BROKEN_AFTER -> {
        time.schedule(latency, () -> arrive(send));
        time.schedule(2 * latency, () -> fail(result, Kind.UNAVAILABLE, isWrite));
      }
      case BROKEN_BEFORE ->
          time.schedule(2 * latency, () -> fail(result, Kind.UNAVAILABLE, isWrite));
      case REFUSED -> time.schedule(2 * latency, () -> refuse(result, isWrite));
      case SDK_RETRY -> {
        time.schedule(latency, () -> arrive(send));
        time.schedule(3 * latency, () -> answer(sendAgain.get(), result, latency));
      }
      case THROTTLED -> time.schedule(2 * latency, () -> fail(result, Kind.THROTTLED, false));
      case CONFLICT -> time.schedule(2 * latency, () -> fail(result, Kind.CONFLICT, false));
      case ACCESS_DENIED ->
          time.schedule(2 * latency, () -> fail(result, Kind.ACCESS_DENIED, false));
      case INVALID -> time.schedule(2 * latency, () -> fail(result, Kind.INVALID_REQUEST, false));
      case HANG -> {}
      case APPLIED_LATER -> {
        time.schedule(timeout, () -> fail(result, Kind.TIMED_OUT, isWrite));
        time.schedule(timeout + lateness.toNanos(), () -> arrive(send));
      }
    }
    return result;
  }

  private static void arrive(Supplier<?> request) {
    Object unused = request.get();
  }

  private <A> void answer(CompletableFuture<A> done, CompletableFuture<A> result, long latency) {
    time.schedule(
        latency,
        () -> {
          var unused =
              done.whenComplete(
                  (answer, failure) -> {
                    if (failure != null) {
                      result.completeExceptionally(
                          failure instanceof CompletionException wrapped
                              ? wrapped.getCause()
                              : failure);
                    } else {
                      result.complete(answer);
                    }
                  });
        });
  }

  private static void refuse(CompletableFuture<?> result, boolean isWrite) {
    result.completeExceptionally(
        new LockStoreException(
            Kind.UNAVAILABLE,
            isWrite,
            "injected: refused",
            new IOException(new ConnectException("Connection refused"))));
  }

  private static void fail(CompletableFuture<?> result, Kind kind, boolean mayHaveBeenApplied) {
    result.completeExceptionally(
        new LockStoreException(kind, mayHaveBeenApplied, "injected: " + kind, null));
  }
}
