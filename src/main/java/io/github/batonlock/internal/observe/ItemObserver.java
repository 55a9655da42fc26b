package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.Reading;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The observer of one item, for all its subscribers. It has at most one request under way.
 *
 * <pre>
 *   look --answered--&gt; found: the subclass judges it, and says when to look next
 *    ^ '--failed-----&gt; failed: again after a backoff
 *    '--- due, as long as there is a subscriber
 * </pre>
 *
 * @param <S> the type of a subscriber
 */
@ConfinedTo(ConfinedTo.LOOP)
abstract class ItemObserver<S> {
  private final LockKey key;
  private final LeaseTerms terms;
  private final EventLoop loop;
  private final RequestDispatcher requests;
  private final ItemClassifier classifier;
  private final Backoff backoff;
  private final Set<S> subscribers = new LinkedHashSet<>();
  private Timer next = () -> {};
  private boolean busy;

  ItemObserver(
      LockKey key,
      LeaseTerms terms,
      EventLoop loop,
      RequestDispatcher requests,
      ItemClassifier classifier) {
    this.key = key;
    this.terms = terms;
    this.loop = loop;
    this.requests = requests;
    this.classifier = classifier;
    this.backoff = requests.backoff(terms);
  }

  /** A look was answered. */
  abstract void found(Reading reading);

  /** A look or a write has failed, or its turn has not come. */
  abstract void failed(LockStoreException why);

  /** Whether the look that is due has to show the current state. */
  boolean mustBeCurrent() {
    return false;
  }

  final LockKey key() {
    return key;
  }

  // Subscribers

  /** Adds a subscriber. Returns whether it is the only one. */
  final boolean add(S subscriber) {
    boolean isFirst = subscribers.isEmpty();
    if (isFirst) {
      classifier.retain(key);
    }
    subscribers.add(subscriber);
    return isFirst;
  }

  final void remove(S subscriber) {
    if (subscribers.remove(subscriber) && subscribers.isEmpty()) {
      rest();
    }
  }

  final void removeAll() {
    if (isWanted()) {
      subscribers.clear();
      rest();
    }
  }

  private void rest() {
    classifier.release(key);
    next.cancel();
  }

  final boolean isWanted() {
    return !subscribers.isEmpty();
  }

  final int subscribers() {
    return subscribers.size();
  }

  final void tell(Consumer<S> event) {
    List.copyOf(subscribers).forEach(event);
  }

  // Requests

  final boolean isBusy() {
    return busy;
  }

  final void look(boolean consistent) {
    next.cancel();
    busy = true;
    requests.look(
        key,
        consistent,
        RequestTimeouts.patient(terms),
        this::turnCame,
        this::answered,
        this::requestFailed);
  }

  private boolean turnCame() {
    busy = isWanted();
    return busy;
  }

  private void answered(Reading reading) {
    busy = false;
    backoff.reset();
    found(reading);
  }

  final void write(LockWrite write, Consumer<WriteAnswer> written) {
    busy = true;
    requests.write(
        write,
        RequestTimeouts.patient(terms),
        answer -> {
          busy = false;
          backoff.reset();
          written.accept(answer);
        },
        this::requestFailed);
  }

  private void requestFailed(LockStoreException why) {
    busy = false;
    failed(why);
  }

  final void lookIn(long nanos) {
    next.cancel();
    if (isWanted() && !busy) {
      next = loop.schedule(nanos, () -> look(mustBeCurrent()));
    }
  }

  final void lookAfterBackoff() {
    lookIn(backoff.next());
  }
}
