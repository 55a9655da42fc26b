package io.github.batonlock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.runtime.LivePlatform;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Platforms;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.integration.leader.Context;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;

/**
 * Spring Integration's own leader initiator on our registry, in real time.
 *
 * <p>A leader that stops or yields first leads no more, then unlocks, and then runs its {@code
 * onRevoked}. The next leader's {@code onGranted} may come before that, so these calls cannot be
 * counted against each other.
 */
@Timeout(60)
class LeaderInitiatorTest {
  private static final String ROLE = "leader";

  private final InMemoryLockStore table = new InMemoryLockStore();
  private final AtomicInteger openTerms = new AtomicInteger();
  private final AtomicInteger besideAnother = new AtomicInteger();
  private final List<Host> hosts = new CopyOnWriteArrayList<>();

  /** One process with a candidate. */
  private final class Host extends DefaultCandidate {
    final AtomicInteger terms = new AtomicInteger();
    private final LockClient client;
    final LockRegistryLeaderInitiator initiator;

    Host(String id) {
      super(id, ROLE);
      ClientConfig.Draft draft = new ClientConfig.Draft("locks");
      draft.ownerName = id;
      draft.leaseDuration = Duration.ofSeconds(2);
      client =
          DefaultLockClient.start(
              draft.build(), new LivePlatform(null, null, Platforms.THREADS), table, null);
      initiator = new LockRegistryLeaderInitiator(BatonLockRegistry.of(client), this);
      initiator.setHeartBeatMillis(20);
      initiator.setBusyWaitMillis(20);
      initiator.setApplicationEventPublisher(event -> {});
      hosts.add(this);
      initiator.start();
    }

    @Override
    public void onGranted(Context context) {
      openTerms.incrementAndGet();
      if (hosts.stream().anyMatch(host -> host != this && host.leads())) {
        besideAnother.incrementAndGet();
      }
      super.onGranted(context);
      terms.incrementAndGet();
    }

    @Override
    public void onRevoked(Context context) {
      openTerms.decrementAndGet();
      super.onRevoked(context);
    }

    boolean leads() {
      return initiator.getContext().isLeader();
    }
  }

  @AfterEach
  void stop() {
    hosts.forEach(host -> host.initiator.stop());
    Eventually.until("each term has ended", () -> openTerms.get() == 0);
    hosts.forEach(host -> host.client.close());
  }

  private void yieldOfTheLeader() {
    hosts.stream().filter(Host::leads).forEach(host -> host.initiator.getContext().yield());
  }

  @Test
  void candidates_ofTwoProcesses_electOneAndFollowItsEnd() {
    Host first = new Host("1");
    Eventually.until("the first leads", first::leads);
    Host second = new Host("2");

    first.initiator.stop();
    Eventually.until("the second leads", second::leads);

    assertThat(first.leads()).isFalse();
    assertThat(besideAnother).hasValue(0);
  }

  @Test
  void leader_thatYields_isFollowedAndElectedAgain() {
    Host first = new Host("1");
    Eventually.until("the first leads", first::leads);
    Host second = new Host("2");

    Eventually.until(
        "both have led, the first twice",
        () -> {
          yieldOfTheLeader();
          return second.terms.get() >= 1 && first.terms.get() >= 2;
        });

    assertThat(besideAnother).hasValue(0);
  }

  @Test
  void leader_thatLosesItsLock_isToldAndElectedAgain() {
    Host only = new Host("1");
    Eventually.until("it leads", only::leads);

    table.removeRow(LockKey.of(ROLE));

    Eventually.until("it leads again", () -> only.terms.get() == 2);
    assertThat(besideAnother).hasValue(0);
  }
}
