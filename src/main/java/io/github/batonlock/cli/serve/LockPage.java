package io.github.batonlock.cli.serve;

import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The operator's page of one table, from its start to its end. */
@ConfinedTo(ConfinedTo.ONE_THREAD)
public final class LockPage implements AutoCloseable {
  private static final Duration SCAN = Duration.ofMinutes(1);

  private final Screens screens = new Screens();
  private final LockFeed feed;
  private final PageServer server;
  private final @Nullable String token;
  private final Executor threads;
  private final CompletableFuture<Boolean> over = new CompletableFuture<>();

  /**
   * How a page is served.
   *
   * @param table the name of the table
   * @param port the port of the loopback interface; 0 for any that is free
   * @param mayBreak whether locks may be broken from the page
   * @param look from one read of a lock on a screen to the next
   */
  public record Settings(String table, int port, boolean mayBreak, Duration look) {}

  /**
   * Scans the table, and starts the server.
   *
   * @param operator reads the table; the caller closes it, after the page
   * @param settings how the page is served
   * @throws io.github.batonlock.LockStoreException if the table does not answer
   * @throws io.github.batonlock.cli.UsageException if the port is in use
   * @throws IOException if the server cannot listen for another reason
   */
  public LockPage(Operator operator, Settings settings) throws InterruptedException, IOException {
    long start = System.nanoTime();
    LongSupplier clock = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    LockBoard board = new LockBoard();
    this.feed =
        new LockFeed(
            operator.reader(),
            operator::traffic,
            board,
            screens,
            new LockFeed.Pace(SCAN, settings.look()),
            clock);
    feed.begin();
    this.threads = operator.tasks();
    this.token = settings.mayBreak() ? newToken() : null;
    PageJson json = new PageJson(settings.table(), token != null, settings.look().toMillis());
    Breaks breaks = new Breaks(operator::another, threads, board, screens, clock);
    this.server =
        PageServer.start(
            settings.port(),
            threads,
            new RequestGuard(token),
            screens,
            new EventStream(board, screens, json, clock),
            breaks::begin);
  }

  private static String newToken() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** The address to open; it contains the token of this start, if there is one. */
  public URI address() {
    URI page = server.address();
    return token == null ? page : page.resolve("#token=" + token);
  }

  /**
   * Keeps the page up to date until {@link #end} is called.
   *
   * @param atMost for how long; null for no limit
   */
  public void run(@Nullable Duration atMost) throws InterruptedException {
    threads.execute(this::keepFed);
    try {
      if (atMost == null) {
        boolean unused = over.get();
      } else {
        boolean unused = over.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (TimeoutException e) {
      // That was the time for which the page was wanted.
    } catch (ExecutionException e) {
      throw new IllegalStateException("The page is not kept up to date any more", e.getCause());
    }
  }

  /** On a thread of its own: the end need not wait for a table that does not answer. */
  private void keepFed() {
    try {
      while (!over.isDone()) {
        screens.await(feed.step());
      }
    } catch (InterruptedException e) {
      over.complete(true);
    } catch (RuntimeException | Error e) {
      over.completeExceptionally(e);
    }
  }

  /** Ends {@link #run}. Any thread. */
  public void end() {
    over.complete(true);
  }

  /** Ends the server, and all streams. */
  @Override
  public void close() {
    end();
    server.close();
  }
}
