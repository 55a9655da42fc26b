/**
 * One held lock: the renewal of its lease, its deadline, its limits, its end, and the release of
 * its item.
 *
 * <pre>
 *   HoldFactory --&gt; DefaultHeldLock      what users see; any thread
 *                     | RevocationCallbacks, HoldCallbacks, HoldLimitMonitor
 *                   LeaseRenewer         its writes; on the loop
 *                     | OwnLease: heartbeats (HeartbeatScheduler, LeaseExpiryTimer)
 *                     | SharedLease: a session renews it; ItemAudit reads its item now and then
 *                   HoldRelease --&gt; Releases: frees the item, hands it on, or reserves it
 *   ActiveHolds: all holds of the client, told to WaitQueues, ClockMonitor and ItemAudit
 * </pre>
 *
 * <p>The loop changes a hold. Other threads read one immutable volatile snapshot per held lock,
 * plus the clock. A hold does not know acquisitions or sessions: it hands its lock on to {@link
 * io.github.batonlock.internal.hold.Successors}, and a session keeps it as its {@link
 * io.github.batonlock.internal.hold.SharedLeaseSource}.
 */
@NullMarked
package io.github.batonlock.internal.hold;

import org.jspecify.annotations.NullMarked;
