/**
 * Locks of scheduled jobs for <a href="https://github.com/lukas-krecan/ShedLock">ShedLock</a>,
 * whose library this package alone needs ({@code net.javacrumbs.shedlock:shedlock-core}, an
 * optional dependency). {@link io.github.batonlock.shedlock.BatonLockProvider} is the only type.
 */
@NullMarked
package io.github.batonlock.shedlock;

import org.jspecify.annotations.NullMarked;
