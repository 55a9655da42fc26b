/**
 * The test kit: lock clients of several hosts in one test, with a lock table in memory, a time that
 * the test moves, and faults.
 *
 * <p>{@link io.github.batonlock.testing.LockTestbed} is the world of one test, {@link
 * io.github.batonlock.testing.TestHost} one process in it, and {@link
 * io.github.batonlock.testing.BatonExtension} hands a testbed to each test of JUnit. {@link
 * io.github.batonlock.testing.LockHistory} records holds and checks that they exclude each other;
 * it also serves runs of your own, without a testbed. {@link
 * io.github.batonlock.testing.FakeHeldLock} is a held lock for tests of a single class.
 *
 * <p><b>On virtual time, one thread runs at a time.</b> Time passes only while the test calls
 * {@code advance}, {@code advanceUntil} or {@code await}, or blocks in a call of a client, so a
 * lease of 20 s costs no real time, and each run of a test is the same. Code that waits for
 * anything else ({@code Thread.sleep}, {@code join()} of a client's future) waits in real time, in
 * which nothing happens. {@code BatonExtension.realTime()} is for code that makes threads of its
 * own.
 *
 * <p>Only {@code BatonExtension} needs JUnit ({@code org.junit.jupiter:junit-jupiter-api}, 5.14 or
 * 6), which is an optional dependency: the project brings it.
 */
@NullMarked
package io.github.batonlock.testing;

import org.jspecify.annotations.NullMarked;
