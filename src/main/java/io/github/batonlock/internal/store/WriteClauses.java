package io.github.batonlock.internal.store;

import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.SentBefore;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * The clauses of one write: the conditions on its item, all of which must hold, and the changes to
 * it. A write names them in {@link LockWrite#describe}, and a store renders them.
 *
 * <p>The order of the clauses means nothing, except that {@link #orAbsent} is the last condition.
 * No attribute is changed twice.
 */
public interface WriteClauses {

  // Conditions

  /** There is no item. */
  void isAbsent();

  /** There is no item, or all other conditions hold. */
  void orAbsent();

  /** The item is released, and has a version. */
  void isReleased();

  /** The item names an owner and a lease, and is not released. The lease may be an invalid one. */
  void isHeld();

  /** The item is marked as released, or held as by {@link #isHeld}. */
  void isReleasedOrHeld();

  /** The item has no token or one that can grow, and no data or binary data. */
  void canBeGranted();

  /** The item names this owner, and is not released. */
  void isHeldBy(String ownerName);

  /** The item has this version. */
  void versionIs(String version);

  /** The item has one of these versions. */
  void versionIsOneOf(List<String> versions);

  /** The item has this fencing token. */
  void tokenIs(long token);

  /** The lock item carries this release request. */
  void requestIs(String id);

  /** The session item carries fewer release requests than this. */
  void requestsAreFewerThan(int most);

  /** The item says this of the time when its version was sent; null: it says nothing. */
  void sentBeforeIs(@Nullable SentBefore known);

  // Changes

  /** Sets one of the {@link LockAttributes}. */
  void set(String attribute, String text);

  /** Sets one of the {@link LockAttributes}. */
  void set(String attribute, long number);

  /** Sets one of the {@link LockAttributes}. */
  void set(String attribute, Duration lease);

  /** Sets one of the {@link LockAttributes}. */
  void set(String attribute, SdkBytes bytes);

  /** Sets attributes of the user. */
  void setAll(UserAttributes attributes);

  /** Removes one of the {@link LockAttributes}, if the item has it. */
  void remove(String attribute);

  /** Adds one to the fencing token, or to the seed if the item has none. */
  void growToken(long seed);

  /** Sets the release request of a lock item. */
  void setRequest(AskedRelease request);

  /** Sets the release request of a lock item to none. */
  void setNoRequest();

  /**
   * Sets the release request of a lock item to its own value, or to none if the item lacks it. An
   * answer with {@link LockWrite.Returned#CHANGES} then contains it.
   */
  void keepRequest();

  /** Sets the list of release requests of a session item to an empty one. */
  void setNoRequests();

  /** Appends to the list of release requests of a session item. */
  void addRequest(AskedRelease request);

  /** Removes the head of the list of release requests of a session item. */
  void removeRequests(int number);
}
