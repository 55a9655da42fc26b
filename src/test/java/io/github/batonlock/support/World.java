package io.github.batonlock.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.client.Leftovers;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.virtual.FaultyStore;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.internal.virtual.Machine;
import io.github.batonlock.internal.virtual.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Clients of one table on virtual time.
 *
 * <p>As an extension of a test it asks after each test that no client keeps anything for work that
 * is over, and that closing a client ends all that is left.
 */
public final class World implements AfterEachCallback {
  /** What a user gives back may be what the next one waits for. */
  private static final int ROUNDS = 60;

  private static final Duration ROUND = Duration.ofSeconds(10);

  /** After that long no late write is looked for any more, and all else is over. */
  private static final Duration LONG_ENOUGH = Duration.ofMinutes(45);

  public final VirtualTime time = new VirtualTime();
  public final InMemoryLockStore table;
  private final @Nullable String sortKeyName;
  private final List<Node> nodes = new ArrayList<>();
  private boolean ending;

  public World() {
    this(null);
  }

  /** A world whose table has sort keys, of this name. */
  public World(@Nullable String sortKeyName) {
    this.sortKeyName = sortKeyName;
    this.table = new InMemoryLockStore("key", sortKeyName);
  }

  /** A process with one client. */
  public final class Node {
    public final Machine machine = time.machine();
    public final FaultyStore store = new FaultyStore(time, table);
    public final LockClient client;

    Node(ClientConfig config, @Nullable LockListener listener) {
      client = DefaultLockClient.start(config, machine, store, listener);
      nodes.add(this);
    }

    private boolean isOpen() {
      return !machine.isShutDown();
    }

    /** Starts to acquire; nothing happens before time moves. */
    public CompletableFuture<HeldLock> acquire(Consumer<LockRequest.Builder> request) {
      LockRequest.Builder builder = LockRequest.builder().key("k");
      request.accept(builder);
      return client.acquireAsync(builder.build());
    }

    public CompletableFuture<HeldLock> acquire() {
      return acquire(request -> {});
    }

    /** Acquires a lock that is free. */
    public HeldLock acquired() {
      return acquired(request -> {});
    }

    public HeldLock acquired(Consumer<LockRequest.Builder> request) {
      CompletableFuture<HeldLock> lock = acquire(request);
      time.advance(Duration.ofMillis(10));
      return lock.join();
    }

    /** What the process is told of the end of a lock. */
    public List<Revocation> revocations(HeldLock lock) {
      List<Revocation> told = new ArrayList<>();
      lock.onRevoked(told::add);
      return told;
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isEmpty()) {
      assertNothingIsLeft();
    }
  }

  /** Whether the test is over: users who would go on for ever want nothing any more. */
  public boolean isEnding() {
    return ending;
  }

  /**
   * All is well from now on, and all that users have is given back: then no client keeps anything,
   * nor has a timer, and each can be closed at once.
   */
  public void assertNothingIsLeft() {
    ending = true;
    for (Node node : nodes) {
      node.store.heal();
      node.machine.goOn();
    }
    time.settle();
    List<Node> open = nodes.stream().filter(Node::isOpen).toList();
    for (int round = 0; round < ROUNDS; round++) {
      open.forEach(node -> Leftovers.giveBack(node.client));
      time.advance(ROUND);
    }
    time.advance(LONG_ENOUGH);
    for (Node node : open) {
      assertThat(Leftovers.of(node.client)).as("what %s keeps", node.client).isEmpty();
      assertThat(node.machine.timers()).as("timers of %s", node.client).isZero();
      Duration before = time.elapsed();
      node.client.close();
      assertThat(time.elapsed()).as("the time after closing %s", node.client).isEqualTo(before);
    }
    time.settle();
    for (Node node : nodes) {
      if (!node.machine.isCrashed()) {
        assertThat(Leftovers.afterClose(node.client)).as("what %s keeps", node.client).isEmpty();
      }
    }
  }

  public Node node(String owner) {
    return node(owner, config -> {});
  }

  public Node node(String owner, Consumer<ClientConfig.Draft> settings) {
    return node(owner, settings, null);
  }

  public Node node(
      String owner, Consumer<ClientConfig.Draft> settings, @Nullable LockListener listener) {
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    draft.ownerName = owner;
    draft.sortKeyName = sortKeyName;
    settings.accept(draft);
    return new Node(draft.build(), listener);
  }

  /** Lets time pass, a millisecond at a time, until something is so. */
  public void until(String what, Duration limit, BooleanSupplier isSo) {
    long end = time.elapsed().plus(limit).toNanos();
    while (!isSo.getAsBoolean()) {
      assertThat(time.elapsed().toNanos()).as("%s, not within %s", what, limit).isLessThan(end);
      time.advance(Duration.ofMillis(1));
    }
  }

  public void seconds(double seconds) {
    time.advance(Duration.ofNanos((long) (seconds * 1e9)));
  }

  /** An attribute of the row of lock "k", by type and value; null if absent. */
  public @Nullable AttributeValue attribute(String name) {
    Map<String, AttributeValue> row = table.row(LockKey.of("k"));
    return row == null ? null : row.get(name);
  }

  public @Nullable String owner() {
    AttributeValue owner = attribute("ownerName");
    return owner == null ? null : owner.s();
  }

  public boolean isReleased() {
    return attribute("isReleased") != null;
  }

  public String version() {
    AttributeValue version = attribute("recordVersionNumber");
    return version == null ? "" : version.s();
  }
}
