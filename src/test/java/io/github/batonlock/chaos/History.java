package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one writer saw, a line each, in a file that is only appended to: what was written outlives a
 * {@code kill -9} of the writer.
 */
final class History implements AutoCloseable {
  private static final String SUFFIX = ".history";

  private final String who;
  private final OutputStream file;

  private History(String who, OutputStream file) {
    this.who = who;
    this.file = file;
  }

  /** Begins the history of one writer, in a file of its own. */
  static History begin(Path folder, String who) throws IOException {
    // Not by a channel, which an interrupt of the writing thread could close.
    return new History(who, new FileOutputStream(folder.resolve(who + SUFFIX).toFile(), true));
  }

  /** Writes what happened before now. */
  void now(Kind kind, String key, long token, String detail) {
    long now = System.nanoTime();
    add(now, now, kind, key, token, detail);
  }

  /** Writes what happened between two readings of the clock. */
  void add(long from, long to, Kind kind, String key, long token, String detail) {
    write(new Event(from, to, who, kind, key, token, detail));
  }

  /** Writes what happened to, or by, somebody else. */
  synchronized void write(Event event) {
    try {
      // One write, without a buffer: it is whole, or cut off by the writer's end.
      file.write((event.line() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** All that was written in a folder. A line without an end was cut off by a kill. */
  static List<Event> readAll(Path folder) throws IOException {
    List<Event> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
        String text = Files.readString(file);
        text.substring(0, text.lastIndexOf('\n') + 1)
            .lines()
            .map(Event::parse)
            .forEach(events::add);
      }
    }
    return events;
  }
}
