/** The bounds of the library, in one place. Depends on no other package of it. */
@NullMarked
package io.github.batonlock.internal.config;

import org.jspecify.annotations.NullMarked;
