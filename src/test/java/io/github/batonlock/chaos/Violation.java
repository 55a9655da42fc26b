package io.github.batonlock.chaos;

/**
 * Something that the history shows and that may never be.
 *
 * @param key the lock; empty if it is about none
 * @param at when, by the machine's monotonic clock
 * @param what is wrong
 */
record Violation(String key, long at, String what) {}
