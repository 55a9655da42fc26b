package io.github.batonlock.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.support.World;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@Timeout(60)
class BatonLocksEndpointTest {
  @RegisterExtension private final World world = new World();
  private final World.Node[] nodes = new World.Node[1];
  private final BatonLocksEndpoint endpoint = new BatonLocksEndpoint(() -> nodes[0].client, false);
  private final World.Node a = world.node("a", config -> {}, endpoint);
  private final World.Node b = world.node("b");

  BatonLocksEndpointTest() {
    nodes[0] = a;
  }

  @Test
  void locks_thatAreHeld_areListedByKey() {
    HeldLock second = a.acquired(request -> request.key("2"));
    HeldLock first = a.acquired(request -> request.key("1").leases(Leases.shared()));
    int before = a.store.trace().size();

    BatonLocksEndpoint.Locks locks = endpoint.locks();

    assertThat(a.store.trace()).hasSize(before);
    assertThat(locks.owner()).isEqualTo("a");
    assertThat(locks.held()).extracting(BatonLocksEndpoint.Held::key).containsExactly("1", "2");
    assertThat(locks.held().get(1))
        .satisfies(
            held -> {
              assertThat(held.fencingToken()).isEqualTo(second.fencingToken());
              assertThat(held.remainingMillis()).isBetween(15_000L, 16_000L);
              assertThat(held.session()).isNull();
            });
    assertThat(locks.held().get(0).session()).isEqualTo(first.session().orElseThrow().toString());
    first.close();
    second.close();
    world.seconds(1);
    assertThat(endpoint.locks().held()).isEmpty();
  }

  @Test
  void lock_thatIsLost_isNotListed() {
    HeldLock lock = a.acquired();
    world.table.removeRow(LockKey.of("k"));
    world.seconds(6);

    assertThat(lock.revocation()).isPresent();
    assertThat(endpoint.locks().held()).isEmpty();
    lock.close();
  }

  /** Events come in any order. */
  @Test
  void lock_whoseEndIsToldFirst_isNotListed() {
    HeldLock lock = b.acquired();
    lock.close();
    world.seconds(1);

    endpoint.released(lock);
    endpoint.acquired(lock);

    assertThat(endpoint.locks().held()).isEmpty();
  }

  @Test
  void waiters_areCounted_asLongAsTheyWait() {
    HeldLock lock = b.acquired();
    CompletableFuture<HeldLock> first =
        a.acquire(request -> request.waitUpTo(Duration.ofSeconds(5)));
    CompletableFuture<HeldLock> second =
        a.acquire(request -> request.waitUpTo(Duration.ofSeconds(5)));
    world.seconds(1);
    assertThat(endpoint.locks().waiting()).isEqualTo(Map.of("k", 2));

    world.seconds(6);

    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
    assertThat(endpoint.locks().waiting()).isEmpty();
    lock.close();
  }

  @Test
  void lock_ofTheOtherProcess_isReadByItsKey() {
    HeldLock lock = b.acquired(request -> request.key("reports/2026/11"));

    BatonLocksEndpoint.Item item = endpoint.lock("reports", "2026", "11");

    assertThat(item)
        .isEqualTo(new BatonLocksEndpoint.Item("reports/2026/11", "UNKNOWN", "b", 20_000));
    assertThat(endpoint.lock("none")).isNull();
    lock.close();
  }

  @Test
  void userData_ofALock_isNeverShown() throws JsonProcessingException {
    HeldLock lock =
        a.acquired(
            request ->
                request
                    .data(SdkBytes.fromString("secret", StandardCharsets.UTF_8))
                    .attributes(Map.of("note", AttributeValue.fromS("secret"))));

    ObjectMapper json = new ObjectMapper();
    assertThat(json.writeValueAsString(endpoint.locks()))
        .contains("\"k\"")
        .doesNotContain("secret");
    assertThat(json.writeValueAsString(endpoint.lock("k")))
        .contains("\"k\"")
        .doesNotContain("secret")
        .doesNotContain("note");
    lock.close();
  }
}
