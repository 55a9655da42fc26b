/**
 * Observation of items that other clients hold: reads, what they show, when to look next, and
 * whether a silent holder may be taken over. This package never acquires a lock.
 *
 * <pre>
 *   subscribers     waiters of a session       watches               "may it be free?"
 *                            |                    |                         |
 *   observers         SessionObserver        KeyObserver           AvailabilityProbe
 *                     ends it when dead      tells its liveness      one look, no timer
 *                            '--- ItemObserver ---'                         |
 *                                      |                                    |
 *   one look                  RequestDispatcher: a turn, then a read        |
 *                                      |                                    |
 *   what it shows             ItemClassifier: a Finding  &lt;------------------'
 *                                      |
 *   may it be taken?          TakeoverPolicy
 *   when to look next         LookSchedule, at the pace of the observer
 * </pre>
 *
 * <ul>
 *   <li>{@link io.github.batonlock.internal.observe.ItemObserver} observes one item for its
 *       subscribers: one request at a time, the next look when it is due, a backoff after a
 *       failure.
 *   <li>{@link io.github.batonlock.internal.observe.ItemClassifier} is the only place that knows
 *       what an absent, malformed, released, replaced or restored item means, and records what was
 *       seen. Its {@link io.github.batonlock.internal.observe.Finding} has one case for each.
 *   <li>{@link io.github.batonlock.internal.observe.TakeoverPolicy} decides a takeover, and says
 *       when it will be allowed.
 *   <li>{@link io.github.batonlock.internal.observe.LookSchedule} times looks just after
 *       heartbeats. Waiters of a lock ({@link io.github.batonlock.internal.observe.PollSchedule}),
 *       which look when holders usually release it, in turn with other clients, waiters of a
 *       session and watches have a pace of their own.
 * </ul>
 */
@NullMarked
package io.github.batonlock.internal.observe;

import org.jspecify.annotations.NullMarked;
