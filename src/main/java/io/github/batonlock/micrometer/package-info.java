/**
 * Metrics and observations of Baton for Micrometer: {@link
 * io.github.batonlock.micrometer.BatonMetrics} turns what a client tells its listener into meters,
 * {@link io.github.batonlock.micrometer.BatonObservations} makes observations, and so spans, of
 * acquisitions and holds. The page {@code docs/observability.md} lists both, with alerts.
 *
 * <p>This package needs {@code micrometer-core}, which is an optional dependency of Baton. No other
 * package names it.
 */
@NullMarked
package io.github.batonlock.micrometer;

import org.jspecify.annotations.NullMarked;
