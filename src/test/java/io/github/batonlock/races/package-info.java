/**
 * Races inside one JVM: what threads share in a client, in many more orders than come about by
 * themselves.
 *
 * <p>Two kinds of tests, all named {@code ...RacesTest} and found beside what they test:
 *
 * <ul>
 *   <li><b>Models</b> ({@link io.github.batonlock.races.ModelChecking}): Lincheck runs two threads'
 *       operations on one object, switching between them at every access to shared memory, and
 *       compares the results with those of operations that run one after the other. It prints the
 *       order of events of a failure. It sees orders, not the reordering of memory accesses: what
 *       is shared here is volatile, atomic, final or under a lock, and the tests hold it to the
 *       orders.
 *   <li><b>Rounds</b>: real threads on the real platform, again and again, where executors are part
 *       of the subject.
 * </ul>
 *
 * <p>{@code mvn -B -ntp verify} runs the quick form, as it runs every other test. For a longer
 * look, {@code mvn -B -ntp test -Dtest='*RacesTest' -Dbaton.races.rounds=5}: so many times the
 * scenarios, and the orders in each, and so many times the rounds. No flags of the JVM are needed
 * on JDK 17 to 25; from 21 on the JVM warns of the agent that Lincheck loads.
 */
package io.github.batonlock.races;
