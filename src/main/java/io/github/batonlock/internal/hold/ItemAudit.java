package io.github.batonlock.internal.hold;

import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The audit of the items of locks with shared leases (protocol section 6). The client writes
 * nothing to such an item while it holds the lock, so no answer to a write shows what an operator
 * did to the item.
 *
 * <pre>
 *   due --&gt; eventually consistent read --as the hold left it-------------------&gt; due again
 *                 '--other--&gt; strongly consistent read --as the hold left it--&gt; due again
 *                                    '--other--&gt; the lock is revoked
 * </pre>
 *
 * <p>The audit is slow and cheap on purpose. A read that may be stale never revokes a lock. The
 * reads of a client have at most one rate, however many locks it holds; with more locks, each is
 * read less often.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class ItemAudit implements ActiveHolds.Listener {
  /**
   * The time from a grant to the first read of its lock, and from each read to the next, in leases.
   */
  static final int LEASES_BETWEEN_READS = 10;

  /**
   * The time from one read to the next, of all locks together. Two eventually consistent reads a
   * second cost as much as the one write every five seconds that renews a session: half a read unit
   * each, at a fifth of a write unit's price.
   */
  static final long PAUSE = 500 * ClockReading.NANOS_PER_MILLI;

  private final ClientConfig config;
  private final EventLoop loop;
  private final RequestDispatcher requests;

  /** The locks to read, in the order in which they are due. */
  private final Set<SharedLease> queue = new LinkedHashSet<>();

  private Timer timer = () -> {};
  private long lastRead;
  private boolean busy;

  public ItemAudit(ClientConfig config, EventLoop loop, RequestDispatcher requests) {
    this.config = config;
    this.loop = loop;
    this.requests = requests;
    this.lastRead = loop.now().nanos() - PAUSE;
  }

  @Override
  public void began(ActiveHolds.Hold hold) {
    assert loop.isCurrent();
    if (hold instanceof SharedLease shared) {
      shared.auditedAt(loop.now().nanos());
      queue.add(shared);
      if (queue.size() == 1) {
        schedule();
      }
    }
  }

  @Override
  public void ended(ActiveHolds.Hold hold) {
    assert loop.isCurrent();
    if (hold instanceof SharedLease shared && queue.remove(shared) && queue.isEmpty()) {
      timer.cancel();
    }
  }

  private void schedule() {
    timer.cancel();
    Iterator<SharedLease> each = queue.iterator();
    if (busy || !each.hasNext()) {
      return;
    }
    long now = loop.now().nanos();
    long interval = LEASES_BETWEEN_READS * config.terms().lease().toNanos();
    long due = each.next().auditedAt() + interval - now;
    timer = loop.schedule(Math.max(due, lastRead + PAUSE - now), this::audit);
  }

  private void audit() {
    Iterator<SharedLease> each = queue.iterator();
    if (!each.hasNext()) {
      return;
    }
    SharedLease hold = each.next();
    each.remove();
    lastRead = loop.now().nanos();
    hold.auditedAt(lastRead);
    queue.add(hold);
    busy = true;
    read(hold, false, state -> found(hold, state));
  }

  private void read(SharedLease hold, boolean consistent, Consumer<ItemState> then) {
    requests.read(
        hold.key(),
        consistent,
        RequestTimeouts.patient(config.terms()),
        answer -> then.accept(answer.item().state()),
        // The next round reads it again.
        failure -> done());
  }

  private void done() {
    busy = false;
    schedule();
  }

  private void found(SharedLease hold, ItemState state) {
    if (hold.isOver() || hold.lossShownBy(state) == null) {
      done();
      return;
    }
    List<String> versions = hold.candidates();
    read(
        hold,
        true,
        confirmed -> {
          // If an update of the data was sent or confirmed meanwhile, the answer may be from before
          // that update. Such an update is itself refused if the lock is lost.
          if (!hold.isOver() && hold.candidates().equals(versions)) {
            confirmed(hold, confirmed);
          }
          done();
        });
  }

  private void confirmed(SharedLease hold, ItemState state) {
    var loss = hold.lossShownBy(state);
    if (loss != null) {
      hold.lock().revoke(loss);
      if (state instanceof ItemState.Lock lock && isOwn(hold, lock.item())) {
        hold.freeLater(lock.item().version());
      }
    }
  }

  /**
   * Whether an item that an operator put there names this session. Then no client can take the lock
   * while the session lives.
   */
  private boolean isOwn(SharedLease hold, LockItem item) {
    return !item.released()
        && item.ownerName().equals(config.ownerName())
        && hold.session().key().equals(item.session());
  }
}
