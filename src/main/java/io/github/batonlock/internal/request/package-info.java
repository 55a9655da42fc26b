/**
 * Requests to the store: when each is sent, how long it may take, how long to wait before the next
 * try.
 *
 * <p>{@link io.github.batonlock.internal.request.RequestDispatcher} sends them. At most 50 are
 * under way; the others wait by priority.
 */
@NullMarked
package io.github.batonlock.internal.request;

import org.jspecify.annotations.NullMarked;
