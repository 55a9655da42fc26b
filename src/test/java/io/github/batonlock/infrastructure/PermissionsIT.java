package io.github.batonlock.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockTable;
import io.github.batonlock.LockWatch;
import io.github.batonlock.infrastructure.SentRequests.Sent;
import io.github.batonlock.integration.TableFixture;
import io.github.batonlock.recipe.CountedSemaphore;
import io.github.batonlock.recipe.FairLock;
import io.github.batonlock.recipe.MultiLock;
import io.github.batonlock.recipe.RunOnce;
import io.github.batonlock.recipe.SharedExclusiveLock;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.recipe.group.Group;
import io.github.batonlock.support.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** The policies of the documentation allow what operations send, and nothing else. */
class PermissionsIT extends TableFixture {
  private static final Duration SOON = Duration.ofMinutes(1);

  private final LockTemplate template = LockTemplate.read();
  private final SentRequests requests = new SentRequests(table);
  private final DynamoDbClient sdk = sdk(requests);
  private final LockClient client =
      client(sdk, builder -> builder.leaseDuration(Duration.ofMinutes(10)));
  private final String prefix = newKey();

  private DynamoDbClient sdk(SentRequests watched) {
    return closing(
        dynamo
            .syncBuilder()
            .overrideConfiguration(o -> o.addExecutionInterceptor(watched))
            .build());
  }

  private String key(String name) {
    return prefix + "/" + name;
  }

  @Test
  void worker_doingAllThatWorkersDo_needsItsPolicyAndNoMore() throws Exception {
    useLocks();
    useLocksOfOthers();
    useRecipes();

    closeAll();
    assertAllowed("WorkerPolicy");
  }

  private void useLocks() throws Exception {
    try (HeldLock lock = client.acquire(prefix)) {
      lock.updateData(SdkBytes.fromUtf8String("data"));
      writeGuarded(lock);
    }
    client.acquire(LockRequest.builder(key("deleted")).deleteOnRelease(true).build()).close();
    client.acquire(LockRequest.builder(key("shared")).leases(Leases.shared()).build()).close();
  }

  private void writeGuarded(HeldLock lock) {
    String results = dynamo.newTable();
    TransactWriteItem put =
        TransactWriteItem.builder()
            .put(p -> p.tableName(results).item(Map.of("key", s("result"))))
            .build();
    sdk.transactWriteItems(transaction -> transaction.transactItems(lock.guard(), put));
  }

  private void useLocksOfOthers() throws Exception {
    LockClient other = client(builder -> builder.leases(Leases.shared()));
    HeldLock held = other.acquire(key("other"));
    assertThat(client.tryAcquire(key("other"))).isEmpty();
    assertThat(client.inspect(key("other"))).isPresent();
    assertThat(client.requestRelease(key("other"), "wanted here", SOON)).isPresent();
    CompletableFuture<HeldLock> waiting = client.acquireAsync(key("other"));
    held.close();
    Eventually.get(waiting).close();
  }

  private void useRecipes() throws Exception {
    MultiLock.of(client, key("one"), key("two")).acquire(SOON).close();
    assertThat(RunOnce.of(client, key("report"), "today").tryRun(lock -> {})).isNotNull();
    CountedSemaphore.of(client, key("permits"), 2).acquire(SOON).close();
    SharedExclusiveLock.of(client, LockRequest.of(key("readers")), 2)
        .acquireExclusive(SOON)
        .close();
    FairLock.of(client, key("fair")).acquire(SOON).close();
    try (LeaderElection election = LeaderElection.builder(client, key("leader")).campaign();
        Group group = Group.builder(client, key("group")).open()) {
      group.join("member", SdkBytes.fromUtf8String("here")).close();
      Eventually.until("it leads", election::isLeader);
    }
  }

  @Test
  void operator_lookingOn_needsItsPolicyAndNoMore() throws Exception {
    client().acquire(prefix);

    LockTable.verify(sdk, table);
    assertThat(client.listLocks().toList()).isNotEmpty();
    assertThat(client.inspect(prefix)).isPresent();
    CompletableFuture<LockWatch.State> seen = new CompletableFuture<>();
    try (LockWatch watch = client.watch(prefix, seen::complete)) {
      assertThat(Eventually.get(seen)).isNotNull();
    }
    assertThat(client.requestRelease(prefix, "maintenance", SOON)).isPresent();

    closeAll();
    assertAllowed("OperatorPolicy");
  }

  @Test
  void verifier_checkingTheTable_needsItsPolicyAndNoMore() {
    LockTable.verify(sdk, table);
    assertAllowed("VerifierPolicy");
  }

  @Test
  void createIfMissing_ofAMissingTable_needsWhatNoPolicyAllows() {
    LockTable.createIfMissing(sdk, dynamo.newTableName());

    assertThat(requests.actions()).isEqualTo(Set.of("DescribeTable", "CreateTable"));
    for (String policy : List.of("WorkerPolicy", "OperatorPolicy", "VerifierPolicy")) {
      assertThat(template.actions(policy)).doesNotContain("CreateTable");
    }
  }

  private void assertAllowed(String policy) {
    assertThat(new TreeSet<>(requests.actions())).isEqualTo(template.actions(policy));
    List<String> patterns = template.keyPatterns(policy, prefix);
    if (!patterns.isEmpty()) {
      assertThat(requests.all()).isNotEmpty().allMatch(sent -> isLike(patterns, sent));
    }
  }

  /** As IAM's {@code StringLike}, as far as the policies use it. */
  private static boolean isLike(List<String> patterns, Sent sent) {
    String key = sent.key();
    return key != null
        && patterns.stream()
            .anyMatch(
                pattern ->
                    pattern.endsWith("*")
                        ? key.startsWith(pattern.substring(0, pattern.length() - 1))
                        : key.equals(pattern));
  }
}
