/**
 * Locks for <a href="https://spring.io/projects/spring-integration">Spring Integration</a> 7, whose
 * library this package alone needs ({@code spring-integration-core}, an optional dependency).
 * {@link io.github.batonlock.spring.BatonLockRegistry} is the only type. The package for Spring
 * Boot, {@link io.github.batonlock.spring.boot}, makes one.
 */
@NullMarked
package io.github.batonlock.spring;

import org.jspecify.annotations.NullMarked;
