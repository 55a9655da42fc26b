package io.github.batonlock.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.batonlock.cli.UsageException;
import io.github.batonlock.internal.operator.LockBreaker;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * The HTTP server of the page, on the loopback interface: the files of the page, the locks as
 * server-sent events, and the request that breaks a lock.
 */
final class PageServer implements AutoCloseable {
  /** Seconds in which a request has to arrive. */
  private static final String REQUEST_SECONDS = "10";

  private static final String POLICY =
      "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Map<String, String> FILES =
      Map.of(
          "/", "index.html",
          "/app.js", "app.js",
          "/style.css", "style.css",
          "/icon.svg", "icon.svg");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  private final HttpServer server;
  private final RequestGuard guard;
  private final Screens screens;
  private final EventStream events;
  private final Predicate<LockBreaker.Shown> breaks;

  private PageServer(
      HttpServer server,
      RequestGuard guard,
      Screens screens,
      EventStream events,
      Predicate<LockBreaker.Shown> breaks) {
    this.server = server;
    this.guard = guard;
    this.screens = screens;
    this.events = events;
    this.breaks = breaks;
  }

  /**
   * Starts a server.
   *
   * @param port the port; 0 for any that is free
   * @param threads run requests, one each
   * @param guard decides which requests are answered
   * @param screens the open browsers
   * @param events sends the locks
   * @param breaks begins a break; false if it cannot
   * @throws UsageException if the port is in use
   */
  static PageServer start(
      int port,
      Executor threads,
      RequestGuard guard,
      Screens screens,
      EventStream events,
      Predicate<LockBreaker.Shown> breaks)
      throws IOException {
    // Read once by the JDK's server. Answers have no limit, since streams do not end.
    System.setProperty("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (BindException e) {
      throw new UsageException(
          "Port "
              + port
              + " of the loopback interface is in use; use another --port, or 0 for any");
    }
    PageServer page = new PageServer(server, guard, screens, events, breaks);
    server.setExecutor(threads);
    var unused = server.createContext("/", page::handle);
    server.start();
    return page;
  }

  /** Where the page is. */
  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
      exchange.getResponseHeaders().set("Cross-Origin-Resource-Policy", "same-origin");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      switch (exchange.getRequestURI().getPath()) {
        case "/api/locks" -> locks(exchange);
        case "/api/break" -> change(exchange);
        default -> file(exchange);
      }
    }
  }

  // Files

  private void file(HttpExchange exchange) throws IOException {
    String refusal = guard.refusalOfFile(exchange.getRequestHeaders()::getFirst);
    String name = FILES.get(exchange.getRequestURI().getPath());
    if (refusal != null) {
      answer(exchange, 403, refusal);
    } else if (name == null) {
      answer(exchange, 404, "There is no such page");
    } else if (isOther(exchange, "GET")) {
      answer(exchange, 405, "Use GET");
    } else {
      String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "");
      send(exchange, 200, type, bytes(name));
    }
  }

  private static byte[] bytes(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PageServer.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    }
  }

  // Locks

  private void locks(HttpExchange exchange) throws IOException {
    String refusal = guard.refusalOfRead(exchange.getRequestHeaders()::getFirst);
    if (refusal != null) {
      answer(exchange, 403, refusal);
    } else if (isOther(exchange, "GET")) {
      answer(exchange, 405, "Use GET");
    } else {
      Screens.Screen screen = screens.open();
      if (screen == null) {
        answer(exchange, 503, "Too many browsers show this page; close one");
      } else {
        events.run(exchange, View.parse(exchange.getRequestURI().getRawQuery()), screen);
      }
    }
  }

  // Changes

  private void change(HttpExchange exchange) throws IOException {
    if (isOther(exchange, "POST")) {
      answer(exchange, 405, "Use POST");
      return;
    }
    String refusal = guard.refusalOfChange(exchange.getRequestHeaders()::getFirst);
    if (refusal != null) {
      answer(exchange, 403, refusal);
      return;
    }
    byte[] body = exchange.getRequestBody().readNBytes(PageBounds.BODY_BYTES + 1);
    if (body.length > PageBounds.BODY_BYTES) {
      answer(exchange, 413, "The request is too long");
      return;
    }
    try {
      boolean isBegun = breaks.test(BreakOrder.parse(body));
      answer(
          exchange,
          isBegun ? 202 : 409,
          isBegun
              ? "The break has begun"
              : "This lock is being broken already, or too many others are; wait for them");
    } catch (IllegalArgumentException e) {
      answer(exchange, 400, String.valueOf(e.getMessage()));
    }
  }

  // Answers

  private static boolean isOther(HttpExchange exchange, String method) {
    return !exchange.getRequestMethod().equals(method);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = PageJson.message("message", text).getBytes(StandardCharsets.UTF_8);
    send(exchange, status, "application/json", body);
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Ends the server, and all streams. */
  @Override
  public void close() {
    server.stop(0);
  }
}
