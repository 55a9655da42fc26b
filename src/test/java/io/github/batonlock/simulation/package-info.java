/**
 * Whole clients in worlds made from one number: deterministic simulation.
 *
 * <p>A seed makes a {@link io.github.batonlock.simulation.Scenario}: nodes, leases, clock rates,
 * and a few hazards out of many. {@link io.github.batonlock.simulation.Simulation} lives through it
 * on one thread and virtual time: real {@code LockClient}s, a table that remembers every change,
 * links with the SDK's attempts, users who look, update, give up, close and crash. Then the {@code
 * ...Check} classes read what the table did and what users saw, and nothing else. {@link
 * io.github.batonlock.simulation.Mutants} are known mistakes that they have to find.
 *
 * <p>A new kind of fault is a {@code Hazard} or a {@code Condition}; a new promise is a {@code
 * Check}, and a mutant that breaks it.
 */
package io.github.batonlock.simulation;
