package io.github.batonlock.recipe;

import io.github.batonlock.LockRequest;

/**
 * The check of a request for options that a recipe would ignore, or that would break it.
 *
 * @param recipe its name, for messages
 * @param request what the user asks for
 */
record RequestOptions(String recipe, LockRequest request) {

  /**
   * Refuses a waiting time: it is an argument of each call.
   *
   * @param verb the call that takes it
   */
  void refuseWait(String verb) {
    String instead = "the wait is an argument of each call; use " + verb;
    refuse("waitUpTo", request.waitUpTo().isPresent(), instead);
    refuse("waitForever", request.isWaitForever(), instead);
  }

  /** Refuses a release request, for a recipe whose callers wait for more than one lock. */
  void refuseReleaseRequest() {
    refuse(
        "requestRelease",
        request.releaseReason().isPresent(),
        "its callers wait for several locks; use LockClient.requestRelease for the one that is"
            + " held");
  }

  /** Refuses a stall limit, for a recipe whose holds have no {@code progress()}. */
  void refuseStallLimit() {
    refuse(
        "stallLimit",
        request.stallLimit().isPresent(),
        "its holds have no progress(); use maxHold or whileAlive");
  }

  /** Refuses to need an item, for a recipe that makes its items at the first use. */
  void refuseOnlyIfExists() {
    refuse(
        "onlyIfExists",
        request.isOnlyIfExists(),
        "its locks are made at their first use; leave it out");
  }

  /**
   * Refuses a minimum time, for a recipe of several locks: a part that stays closed would keep
   * callers out that the recipe lets in.
   */
  void refuseHoldAtLeast() {
    refuse(
        "holdAtLeast",
        request.holdAtLeast().isPresent(),
        "it consists of several locks; use LockClient.acquire for one lock that is to stay closed");
  }

  /**
   * Refuses an option.
   *
   * @param instead why, or what to do instead
   */
  void refuse(String option, boolean isSet, String instead) {
    if (isSet) {
      throw new IllegalArgumentException(
          recipe + " '" + request.key() + "' takes no request with " + option + ": " + instead);
    }
  }
}
