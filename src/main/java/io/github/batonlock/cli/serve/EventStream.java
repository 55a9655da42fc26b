package io.github.batonlock.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/**
 * The server-sent events of one browser. The thread of its request sends the whole view whenever
 * there is news, and then waits for more; a browser that does not read keeps this thread only.
 */
final class EventStream {
  /** Without news: how soon a browser that has gone is noticed. */
  private static final long PING_MILLIS = 10_000;

  private final LockBoard board;
  private final Screens screens;
  private final PageJson json;
  private final LongSupplier clock;

  EventStream(LockBoard board, Screens screens, PageJson json, LongSupplier clock) {
    this.board = board;
    this.screens = screens;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Sends events until the browser goes away.
   *
   * @param exchange the request, not answered yet
   * @param view what the browser wants to see
   * @param screen the browser, closed at the end
   */
  void run(HttpExchange exchange, View view, Screens.Screen screen) throws IOException {
    try {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      send(out, "retry: 2000\n\n");
      boolean isNews = true;
      while (true) {
        if (isNews) {
          LockBoard.Picture picture = board.picture(view, clock.getAsLong());
          screens.show(screen, picture.shown());
          send(out, "data: " + json.of(picture) + "\n\n");
        } else {
          send(out, ": nothing new\n\n");
        }
        isNews = screen.awaitNews(PING_MILLIS);
      }
    } catch (InterruptedException e) {
      // The page ends, and this thread with it.
      throw new InterruptedIOException("The page has ended");
    } finally {
      screens.close(screen);
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
