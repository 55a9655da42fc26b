package io.github.batonlock.micrometer;

import io.github.batonlock.LockKey;
import io.github.batonlock.Revocation;
import io.micrometer.observation.Observation;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What an observation is about: one acquisition, or one hold. Safe for use by many threads. */
public final class LockObservationContext extends Observation.Context {
  private static final long NO_TOKEN = 0;

  private final LockObservation observation;
  private final LockKey key;
  private final String ownerName;
  private final long fencingToken;
  private volatile String outcome = "none";
  private volatile @Nullable Revocation revocation;

  private LockObservationContext(
      LockObservation observation, LockKey key, String ownerName, long fencingToken) {
    this.observation = observation;
    this.key = Objects.requireNonNull(key, "key");
    this.ownerName = Objects.requireNonNull(ownerName, "ownerName");
    this.fencingToken = fencingToken;
  }

  static LockObservationContext ofAcquisition(LockKey key, String ownerName) {
    return new LockObservationContext(LockObservation.ACQUIRE, key, ownerName, NO_TOKEN);
  }

  static LockObservationContext ofHold(LockKey key, String ownerName, long fencingToken) {
    return new LockObservationContext(LockObservation.HOLD, key, ownerName, fencingToken);
  }

  /**
   * Returns which observation this is.
   *
   * @return an acquisition or a hold
   */
  public LockObservation observation() {
    return observation;
  }

  /**
   * Returns the lock.
   *
   * @return its key
   */
  public LockKey key() {
    return key;
  }

  /**
   * Returns the client's owner name.
   *
   * @return its name in the table
   */
  public String ownerName() {
    return ownerName;
  }

  /**
   * Returns the fencing token of the hold.
   *
   * @return empty for an acquisition
   */
  public OptionalLong fencingToken() {
    return fencingToken == NO_TOKEN ? OptionalLong.empty() : OptionalLong.of(fencingToken);
  }

  /**
   * Returns what came of it.
   *
   * @return for an acquisition {@code acquired}, {@code not_acquired}, {@code timeout}, {@code
   *     cancelled} or {@code error}; for a hold {@code released} or {@code revoked}; {@code none}
   *     until it has ended
   */
  public String outcome() {
    return outcome;
  }

  /**
   * Returns what ended the hold, if its holder did not.
   *
   * @return empty while the lock is held, after its release, and for an acquisition
   */
  public Optional<Revocation> revocation() {
    return Optional.ofNullable(revocation);
  }

  void outcome(String value) {
    outcome = value;
  }

  void revoked(Revocation why) {
    revocation = why;
  }
}
