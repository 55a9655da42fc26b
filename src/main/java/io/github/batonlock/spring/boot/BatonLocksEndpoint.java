package io.github.batonlock.spring.boot;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.Revocation;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * The actuator's endpoint {@code batonlocks}: which locks this program holds and waits for, which
 * takes no request; and what one lock's item says, which takes one read. Of what users store, it
 * shows keys of locks and owner names only. It changes nothing. Any thread.
 */
@Endpoint(id = "batonlocks")
public final class BatonLocksEndpoint implements LockListener {
  private final Supplier<LockClient> client;
  private final boolean hasSortKeys;
  private final Set<HeldLock> held = ConcurrentHashMap.newKeySet();
  private final Map<LockKey, Integer> waiting = new ConcurrentHashMap<>();

  /**
   * The locks of this program.
   *
   * @param owner the client's owner name
   * @param held the locks that the client holds, by key
   * @param waiting how many callers wait for a lock, by key
   */
  public record Locks(String owner, List<Held> held, Map<String, Integer> waiting) {}

  /**
   * A lock that this program holds.
   *
   * @param key the lock
   * @param fencingToken the hold's number
   * @param remainingMillis how long the lease can still be used without another renewal
   * @param session the session that keeps the lock; null if it has a lease of its own
   */
  public record Held(
      String key, long fencingToken, long remainingMillis, @Nullable String session) {}

  /**
   * What a lock's item says.
   *
   * @param key the lock
   * @param liveness the name of a {@link io.github.batonlock.Liveness}
   * @param owner the owner name that the item has
   * @param leaseMillis the lease that the item has
   */
  public record Item(String key, String liveness, String owner, long leaseMillis) {}

  BatonLocksEndpoint(Supplier<LockClient> client, boolean hasSortKeys) {
    this.client = client;
    this.hasSortKeys = hasSortKeys;
  }

  /**
   * Lists the locks of this program.
   *
   * @return the locks that it holds and waits for
   */
  @ReadOperation
  public Locks locks() {
    Map<String, Integer> waitingByKey = new TreeMap<>();
    waiting.forEach((key, number) -> waitingByKey.put(key.toString(), number));
    return new Locks(
        client.get().ownerName(),
        held.stream()
            .filter(HeldLock::isHeld)
            .map(BatonLocksEndpoint::shown)
            .sorted(Comparator.comparing(Held::key))
            .toList(),
        waitingByKey);
  }

  private static Held shown(HeldLock lock) {
    return new Held(
        lock.key().toString(),
        lock.fencingToken(),
        lock.remaining().toMillis(),
        lock.session().map(LockKey::toString).orElse(null));
  }

  /**
   * Reads one lock.
   *
   * @param key the lock's key, as parts of the path; where the table has a sort key, the last part
   *     is the sort key
   * @return null if there is no such item
   */
  @ReadOperation
  public @Nullable Item lock(@Selector(match = Selector.Match.ALL_REMAINING) String... key) {
    return client.get().inspect(keyOf(key)).map(BatonLocksEndpoint::shown).orElse(null);
  }

  private LockKey keyOf(String... parts) {
    String all = String.join("/", parts);
    int end = all.lastIndexOf('/');
    return hasSortKeys && end > 0
        ? LockKey.of(all.substring(0, end), all.substring(end + 1))
        : LockKey.of(all);
  }

  private static Item shown(LockInfo item) {
    return new Item(
        item.key().toString(),
        item.liveness().name(),
        item.ownerName(),
        item.leaseDuration().toMillis());
  }

  @Override
  public void acquired(HeldLock lock) {
    if (lock.isHeld()) {
      held.add(lock);
      forgetIfOver(lock);
    }
  }

  /** Events come in any order: the end of a hold may be told before its beginning. */
  private void forgetIfOver(HeldLock lock) {
    if (!lock.isHeld()) {
      held.remove(lock);
    }
  }

  @Override
  public void released(HeldLock lock) {
    held.remove(lock);
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    held.remove(lock);
  }

  @Override
  public void revoked(HeldLock lock, Revocation revocation) {
    held.remove(lock);
  }

  @Override
  public void waitBegan(LockKey key) {
    change(key, 1);
  }

  @Override
  public void waitEnded(LockKey key) {
    change(key, -1);
  }

  private void change(LockKey key, int by) {
    waiting.merge(key, by, (number, change) -> number + change == 0 ? null : number + change);
  }
}
