/**
 * Baton in programs on <a href="https://spring.io/projects/spring-boot">Spring Boot</a> 3.5 and 4,
 * whose libraries this package alone needs (optional dependencies). Property {@code
 * baton.table-name} switches it on: the program then has a {@link io.github.batonlock.LockClient},
 * and with the libraries for it, meters, health, the endpoint {@code batonlocks} and a lock
 * registry. The page {@code docs/spring.md} lists the properties.
 */
@NullMarked
package io.github.batonlock.spring.boot;

import org.jspecify.annotations.NullMarked;
