package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockWatch;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.World;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What a client keeps of other holders' data when nothing is done with their locks any more. */
class KeptDataTest {
  @RegisterExtension private final World world = new World();
  private final World.Node b = world.node("b");

  private static Map<String, AttributeValue> heldByTheDead(SdkBytes data) {
    return Map.of(
        "ownerName", AttributeValue.fromS("dead"),
        "leaseDuration", AttributeValue.fromS("20000"),
        "recordVersionNumber", AttributeValue.fromS("1767225600000-0123456789abcdefghijkl"),
        "fencingToken", AttributeValue.fromN("1"),
        "data", AttributeValue.fromB(data));
  }

  /** What is done with a lock that another holds, and is over two seconds later. */
  private enum Use {
    WAIT {
      @Override
      void of(World.Node node, LockKey key) {
        node.acquire(r -> r.key(key).waitUpTo(Duration.ofSeconds(1)));
      }
    },
    CANCELLED_WAIT {
      @Override
      void of(World.Node node, LockKey key) {
        CompletableFuture<HeldLock> wanted = node.acquire(r -> r.key(key).waitForever());
        node.machine.after(Duration.ofSeconds(1), () -> wanted.cancel(false));
      }
    },
    ONE_TRY {
      @Override
      void of(World.Node node, LockKey key) throws InterruptedException {
        assertThat(node.client.tryAcquire(LockRequest.builder().key(key).build())).isEmpty();
      }
    },
    LOOK {
      @Override
      void of(World.Node node, LockKey key) {
        assertThat(node.client.inspect(key)).isPresent();
      }
    },
    WATCH {
      @Override
      void of(World.Node node, LockKey key) {
        LockWatch watch = node.client.watch(key, state -> {});
        node.machine.after(Duration.ofSeconds(1), watch::close);
      }
    },
    REQUEST {
      @Override
      void of(World.Node node, LockKey key) {
        assertThat(node.client.requestRelease(key, "deploy", Duration.ZERO)).isPresent();
      }
    };

    abstract void of(World.Node node, LockKey key) throws InterruptedException;
  }

  /** Regression: when to look next was remembered with the whole item, for a thousand locks. */
  @ParameterizedTest
  @EnumSource(Use.class)
  void uses_thatEndedTenMinutesAgo_leaveNothingOfTheDataOfOthers(Use use)
      throws InterruptedException {
    List<WeakReference<SdkBytes>> seen = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      LockKey key = LockKey.of("k" + i);
      SdkBytes data = SdkBytes.fromByteArrayUnsafe(new byte[300_000]);
      seen.add(new WeakReference<>(data));
      world.table.putRow(key, heldByTheDead(data));
      use.of(b, key);
      world.seconds(2);
      world.table.removeRow(key);
    }
    world.seconds(600);

    Eventually.until(
        "the data is garbage",
        () -> {
          System.gc();
          return seen.stream().allMatch(data -> data.get() == null);
        });
  }
}
