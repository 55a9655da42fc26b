package io.github.batonlock.recipe.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;

/** What a group costs, on virtual time; lease 20 s, heartbeat 5 s. */
class GroupCostTest {
  private static final int MEMBERS = 12;

  @RegisterExtension private final World world = new World();
  private final List<World.Node> nodes = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();

  /** Nobody looks any more. */
  @AfterEach
  void closeGroups() {
    for (int i = 0; i < MEMBERS; i++) {
      Group group = groups.get(i);
      nodes.get(i).machine.run(group::closeAsync);
    }
  }

  private void joinAll() {
    for (int i = 0; i < MEMBERS; i++) {
      World.Node node = world.node("n" + i);
      Group group = Group.builder(node.client, "g").open();
      group.joinAsync("m" + i, SdkBytes.fromUtf8String(""));
      nodes.add(node);
      groups.add(group);
      world.seconds(5);
    }
  }

  private long readsInAMinute(World.Node node) {
    long before = node.store.count("poll") + node.store.count("look");
    world.time.advance(Duration.ofMinutes(1));
    return node.store.count("poll") + node.store.count("look") - before;
  }

  /** When one is overdue others may be too, so all look at more of them; and then at one again. */
  @Test
  void groupThatHasLostMembers_costsAsMuchAsBefore() {
    joinAll();
    world.seconds(60);
    IntStream.range(0, MEMBERS)
        .forEach(i -> assertThat(readsInAMinute(nodes.get(i))).as("n%s", i).isBetween(22L, 28L));

    List<Integer> dead = List.of(3, 4, 7);
    dead.forEach(i -> nodes.get(i).machine.crash());
    world.seconds(180);
    assertThat(groups.get(0).members()).hasSize(MEMBERS - dead.size());

    IntStream.range(0, MEMBERS)
        .filter(i -> !dead.contains(i))
        .forEach(i -> assertThat(readsInAMinute(nodes.get(i))).as("n%s", i).isBetween(22L, 28L));
  }
}
