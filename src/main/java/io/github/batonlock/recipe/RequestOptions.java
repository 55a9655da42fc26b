package io.github.batonlock.recipe;

import io.github.batonlock.LockRequest;

/** The check of a request for options that a recipe would ignore, or that would break it. */
final class RequestOptions {
  private RequestOptions() {}

  /**
   * Refuses a minimum time, for a recipe of several locks: a part that stays closed would keep
   * callers out that the recipe lets in.
   *
   * @param recipe its name, for the message
   */
  static void refuseHoldAtLeast(String recipe, LockRequest request) {
    if (request.holdAtLeast().isPresent()) {
      throw new IllegalArgumentException(
          recipe
              + " '"
              + request.key()
              + "' takes no request with holdAtLeast: it consists of several locks; use"
              + " LockClient.acquire for one lock that is to stay closed");
    }
  }
}
