package io.github.batonlock.samples.family;

import io.github.batonlock.LockClient;
import io.github.batonlock.samples.common.Timeline;
import java.util.Map;

/**
 * What each part of the sample is played with.
 *
 * @param clients by the names of their owners; in real life each in a process of its own
 * @param crew who works
 * @param timeline where it is told
 */
record Scene(Map<String, LockClient> clients, Crew crew, Timeline timeline) {}
