package io.github.batonlock.recipe;

import io.github.batonlock.Hold;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.Printable;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What callers of a recipe wait for, and the words in which the recipe says that they did not get
 * it.
 *
 * @param recipe its name
 * @param refusal what it did not do, such as "gave no permit of 10"
 * @param obstacle why, where other callers have it
 * @param advice what a caller can do then
 * @param requests what the user asked for: one request, or one for each of several locks
 */
record Goal(
    String recipe, String refusal, String obstacle, String advice, List<LockRequest> requests) {

  /** Returns the advice for callers of a method that takes a waiting time. */
  static String waitLonger(String method) {
    return "Wait longer (" + method + "(Duration)), or look at the holders";
  }

  /** Returns the key that the user named, the first one of several. */
  LockKey key() {
    return requests.get(0).key();
  }

  /**
   * Checks the requests and a waiting time.
   *
   * @throws IllegalArgumentException if the limit is longer than any wait can be, or a request does
   *     not fit the client's configuration
   */
  void check(RecipeSupport support, Duration limit) {
    try {
      LockRequest.Builder unused = LockRequest.builder().waitUpTo(limit);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          this + ": waitUpTo " + limit + " is out of range; use zero (one try) to 36500 days", e);
    }
    Duration unused = usualWait(support);
  }

  /**
   * Returns how long a caller waits that does not say how long: two leases, of the longest lease.
   *
   * @throws IllegalArgumentException if a request does not fit the client's configuration
   */
  Duration usualWait(RecipeSupport support) {
    try {
      return Collections.max(requests.stream().map(support::usualWait).toList());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(this + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns how the parts are acquired: as the user asked, but without the user's callback for a
   * loss, which is one of the hold and not of each part.
   */
  Goal ofParts() {
    List<LockRequest> parts = requests.stream().map(Goal::ofPart).toList();
    return new Goal(recipe, refusal, obstacle, advice, parts);
  }

  private static LockRequest ofPart(LockRequest request) {
    return request.onRevoked().isEmpty()
        ? request
        : request.toBuilder().onRevoked(loss -> {}).build();
  }

  /** Registers the user's callbacks for a loss, each of them once. */
  void watch(Hold hold) {
    requests.stream()
        .flatMap(request -> request.onRevoked().stream())
        .distinct()
        .forEach(
            callback -> {
              Hold unused = hold.onRevoked(callback);
            });
  }

  /**
   * Returns the failure of a caller that did not get it.
   *
   * @param at the lock that stood in the way, a part or one that the user named; null if not known
   * @param holder what is known of its holder
   */
  LockNotAcquiredException refused(
      Reason reason, Duration waited, @Nullable LockKey at, @Nullable LockInfo holder) {
    String why =
        switch (reason) {
          case HELD -> obstacle + describe(holder) + ". " + advice;
          case NO_SUCH_LOCK ->
              "a request is for an existing item only, and the table has none with key '"
                  + at
                  + "'";
          case CLIENT_CLOSED -> "the LockClient was closed";
        };
    String message = this + " " + refusal + " within " + waited.toMillis() + " ms: " + why;
    LockKey named =
        requests.stream()
            .map(LockRequest::key)
            .filter(key -> key.equals(at))
            .findFirst()
            .orElse(key());
    return new LockNotAcquiredException(message, named, reason, waited, holder);
  }

  private static String describe(@Nullable LockInfo holder) {
    if (holder == null) {
      return "";
    }
    String token =
        holder.fencingToken().isPresent()
            ? " (token " + holder.fencingToken().getAsLong() + ")"
            : "";
    return ", '" + holder.key() + "' by '" + Printable.of(holder.ownerName()) + "'" + token;
  }

  @Override
  public String toString() {
    return requests.size() == 1
        ? recipe + " '" + key() + "'"
        : recipe + " " + requests.stream().map(LockRequest::key).toList();
  }
}
