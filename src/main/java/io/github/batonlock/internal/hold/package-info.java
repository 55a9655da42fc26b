/**
 * One held lock: the renewal of its lease, its deadline, its limits, its end, and the release of
 * its item.
 *
 * <p>The loop changes a hold. Other threads read one immutable volatile snapshot per held lock,
 * plus the clock. A hold does not know acquisitions or sessions: it hands its lock on to {@link
 * io.github.batonlock.internal.hold.Successors}, and a session keeps it as its {@link
 * io.github.batonlock.internal.hold.SharedLeaseSource}.
 */
@NullMarked
package io.github.batonlock.internal.hold;

import org.jspecify.annotations.NullMarked;
