package io.github.batonlock.cli.serve;

import io.github.batonlock.LockKey;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The open browsers: what they show, and how they learn that there is something new. Any thread.
 */
final class Screens {
  private final Set<Screen> open = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<Boolean> news = new ArrayBlockingQueue<>(1);

  /** One browser. */
  static final class Screen {
    private final BlockingQueue<Boolean> news = new ArrayBlockingQueue<>(1);
    private volatile Set<LockKey> shown = Set.of();

    /** Waits until the board has changed since the last call; whether it has, in this time. */
    boolean awaitNews(long millis) throws InterruptedException {
      return news.poll(millis, TimeUnit.MILLISECONDS) != null;
    }
  }

  /** Adds a browser; null if there are too many. */
  synchronized @Nullable Screen open() {
    if (open.size() >= PageBounds.BROWSERS) {
      return null;
    }
    Screen screen = new Screen();
    open.add(screen);
    return screen;
  }

  /** A browser has gone. */
  void close(Screen screen) {
    open.remove(screen);
  }

  /** A browser shows these locks from now on. */
  void show(Screen screen, Set<LockKey> keys) {
    if (!screen.shown.equals(keys)) {
      screen.shown = Set.copyOf(keys);
      wake();
    }
  }

  /** The locks that a browser shows, as many as are read. */
  Set<LockKey> shown() {
    Set<LockKey> keys = new LinkedHashSet<>();
    for (Screen screen : open) {
      for (LockKey key : screen.shown) {
        if (keys.size() < PageBounds.LOCKS_READ) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  /** The board has changed. */
  void tell() {
    for (Screen screen : open) {
      boolean unused = screen.news.offer(true);
    }
  }

  /** Ends the wait of the feed. */
  void wake() {
    boolean unused = news.offer(true);
  }

  /** Waits until a browser shows other locks, at most for some time. */
  void await(long millis) throws InterruptedException {
    Boolean unused = news.poll(millis, TimeUnit.MILLISECONDS);
  }
}
