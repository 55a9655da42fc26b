/** Tests of the meters, the observations, and the page that lists them. */
@NullMarked
package io.github.batonlock.micrometer;

import org.jspecify.annotations.NullMarked;
