package io.github.batonlock.recipe;

import io.github.batonlock.Hold;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.RecipeSupport;
import java.time.Duration;
import java.util.List;

/**
 * What callers of a recipe wait for.
 *
 * @param recipe its name, for messages
 * @param requests what the user asked for: one request, or one for each of several locks
 */
record Goal(String recipe, List<LockRequest> requests) {

  static Goal of(String recipe, LockRequest request) {
    return new Goal(recipe, List.of(request));
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
      for (LockRequest request : requests) {
        support.check(request.toBuilder().waitUpTo(limit).build());
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(this + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns how the parts are acquired: as the user asked, but without the user's callback for a
   * loss, which is one of the hold and not of each part.
   */
  Goal ofParts() {
    return new Goal(recipe, requests.stream().map(Goal::ofPart).toList());
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

  @Override
  public String toString() {
    return requests.size() == 1
        ? recipe + " '" + key() + "'"
        : recipe + " " + requests.stream().map(LockRequest::key).toList();
  }
}
