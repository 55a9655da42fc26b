/**
 * Clients of processes that are checkpointed and restored: CRaC, and SnapStart of AWS Lambda. This
 * package alone needs {@code org.crac:crac}, an optional dependency. {@link
 * io.github.batonlock.crac.CheckpointedClient} is the only type.
 */
@NullMarked
package io.github.batonlock.crac;

import org.jspecify.annotations.NullMarked;
