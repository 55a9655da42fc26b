package io.github.batonlock.spring.boot;

import io.github.batonlock.LockClient;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * The end of the program's client: after the web server, the schedulers and all beans with a usual
 * phase have stopped, and before any bean is destroyed. Work that they end can so still release its
 * locks. A context that is only stopped or paused keeps the client open. Any thread.
 */
public final class LockClientShutdown
    implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {
  private final LockClient client;
  private final ApplicationContext context;
  private volatile boolean running;
  private volatile boolean closing;

  LockClientShutdown(LockClient client, ApplicationContext context) {
    this.client = client;
    this.context = context;
  }

  /** Spring tells of the end of the context before it stops its parts. */
  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    if (event.getApplicationContext() == context) {
      closing = true;
    }
  }

  @Override
  public void start() {
    running = true;
  }

  /** Closes the client if the context is closing. Waits as {@link LockClient#close} does. */
  @Override
  public void stop() {
    running = false;
    if (closing) {
      client.close();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /**
   * Returns the place in the order of the stop.
   *
   * @return far below schedulers (half of the greatest number), the web server and beans without a
   *     phase (0)
   */
  @Override
  public int getPhase() {
    return Integer.MIN_VALUE / 2;
  }
}
