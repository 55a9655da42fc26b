package io.github.batonlock.internal.protocol;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * A row that is a lock, as read (protocol section 1).
 *
 * @param ownerName who holds it, or held it last; empty only on a released item that does not say
 * @param leaseDuration the lease, positive; zero only on a released item that does not say
 * @param version the record version number
 * @param released whether the lock is free
 * @param fencingToken not negative; empty where only foreign clients wrote
 * @param data the user's bytes
 */
public record LockItem(
    String ownerName,
    Duration leaseDuration,
    String version,
    boolean released,
    OptionalLong fencingToken,
    @Nullable SdkBytes data) {}
