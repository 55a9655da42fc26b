package io.github.batonlock.micrometer;

import io.github.batonlock.LockClient;
import io.micrometer.observation.ObservationRegistry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Observations of acquisitions and holds ({@link LockObservation}). With a tracing bridge of
 * Micrometer they are spans: children of the observation that is current where the client is
 * called.
 *
 * <pre>{@code
 * LockClient client =
 *     BatonObservations.observe(LockClient.builder(dynamoDb, "locks").build(), observationRegistry);
 * }</pre>
 *
 * <p>Work of {@code runLocked} and its other forms runs in the scope of its hold. An observation of
 * a hold ends when the release was confirmed or given up, or when the lock is revoked; a lock that
 * is never closed has one that never ends. A revocation is the observation's error. A lock that is
 * not acquired in time is no error.
 *
 * <p>A recipe that is made with an observed client has its acquisitions and holds observed, too,
 * but not the transactions of {@code MultiLock}. Most of them begin on threads of the client, where
 * no observation is current, and so have no parent.
 */
public final class BatonObservations {
  private BatonObservations() {}

  /**
   * Returns a client whose acquisitions and holds are observed.
   *
   * @param client does the work; closing the returned client closes it
   * @param registry where observations go
   * @return a client, safe for use by many threads
   */
  public static LockClient observe(LockClient client, ObservationRegistry registry) {
    return observed(client, registry, null);
  }

  /**
   * Returns a client whose acquisitions and holds are observed with names and keys of the user's.
   *
   * @param client does the work; closing the returned client closes it
   * @param registry where observations go
   * @param convention gives names and keys, for both observations
   * @return a client, safe for use by many threads
   */
  public static LockClient observe(
      LockClient client, ObservationRegistry registry, LockObservationConvention convention) {
    return observed(client, registry, Objects.requireNonNull(convention, "convention"));
  }

  private static LockClient observed(
      LockClient client,
      ObservationRegistry registry,
      @Nullable LockObservationConvention convention) {
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(registry, "registry");
    return new ObservedLockClient(
        client, new LockObserver(client.ownerName(), registry, convention));
  }
}
