package io.github.batonlock.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * The library logs nothing until this is closed: what it warns of is what the worlds are made of.
 */
final class QuietLibrary implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.batonlock");
  private final Level before = logger.getLevel();

  QuietLibrary() {
    logger.setLevel(Level.OFF);
  }

  @Override
  public void close() {
    logger.setLevel(before);
  }
}
