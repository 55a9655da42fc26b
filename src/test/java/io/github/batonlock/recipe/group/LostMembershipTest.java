package io.github.batonlock.recipe.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;

/** A member that loses its lock while its process lives on; lease 20 s, heartbeat 5 s. */
class LostMembershipTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final List<GroupChange> changes = new ArrayList<>();
  private final Group group = Group.builder(a.client, "g").onChange(changes::add).open();

  @AfterEach
  void closeGroup() {
    group.closeAsync();
  }

  private Membership joined(String id) {
    var joining = group.joinAsync(id, SdkBytes.fromUtf8String(""));
    world.seconds(5);
    return joining.join();
  }

  private static List<String> ids(Stream<Member> members) {
    return members.map(Member::id).toList();
  }

  /** Nobody else is there to find that out. */
  @Test
  void lastMember_thatLostItsLock_isTakenOutOfTheListByItsOwnProcess() {
    Membership membership = joined("m");
    a.store.fail("heartbeat", Fault.THROTTLED);
    world.seconds(25);
    assertThat(membership.isHeld()).isFalse();
    a.store.heal();
    world.seconds(60);

    assertThat(group.members()).isEmpty();
    assertThat(ids(changes.stream().flatMap(change -> change.failed().stream())))
        .containsExactly("m");
  }

  @Test
  void member_thatLostItsLock_canJoinAgain() {
    Membership first = joined("m");
    a.store.fail("heartbeat", Fault.THROTTLED);
    world.seconds(25);
    a.store.heal();
    world.seconds(60);
    Membership second = joined("m");
    world.seconds(60);

    assertThat(first.isHeld()).isFalse();
    assertThat(second.isHeld()).isTrue();
    assertThat(group.members()).containsExactly(second.member());
  }
}
