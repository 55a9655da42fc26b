package io.github.batonlock.recipe.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;

class MemberListTest {
  private static final Member A = new Member("a", 1);
  private static final Member B = new Member("b", 2);
  private static final Member C = new Member("c", 3);

  private static MemberList of(Member... members) {
    MemberList list = MemberList.EMPTY;
    for (Member member : members) {
      list = list.with(member);
    }
    return list;
  }

  @Test
  void list_writtenAndRead_isTheSame() {
    MemberList list = of(B, A, new Member("ü/\u0000 ", Long.MAX_VALUE), C).withoutFailed(B);

    MemberList read = MemberList.decode(list.encode());

    assertThat(read.members()).isEqualTo(list.members());
    assertThat(read.changes()).isEqualTo(list.changes()).isEqualTo(5);
    assertThat(read.since(of(A, B)).failed()).containsExactly(B);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "\u0001", "\u0001too short"})
  void text_thatIsNoList_isRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemberList.decode(SdkBytes.fromUtf8String(text)));
  }

  @Test
  void change_tellsWhoJoinedLeftAndFailed() {
    MemberList before = of(A, B, C);
    Member d = new Member("d", 4);

    GroupChange change = before.without(A).withoutFailed(B).with(d).since(before);

    assertThat(change)
        .isEqualTo(new GroupChange(List.of(C, d), List.of(d), List.of(A), List.of(B)));
  }

  @Test
  void member_thatComesBack_takesThePlaceOfItsFormerSelf_whichHasFailed() {
    MemberList before = of(A);
    Member again = new Member("a", 9);

    GroupChange change = before.with(again).since(before);

    assertThat(change)
        .isEqualTo(new GroupChange(List.of(again), List.of(again), List.of(), List.of(A)));
    assertThat(before.with(again).with(A).members()).containsExactly(again);
  }

  @Test
  void change_ofWhoIsNotListed_isNone() {
    MemberList list = of(A, B);

    assertThat(list.without(C)).isSameAs(list);
    assertThat(list.withoutFailed(new Member("a", 7))).isSameAs(list);
    assertThat(list.with(A)).isSameAs(list);
  }

  @Test
  void ring_goesRoundAbout_andNoFurtherThanOnce() {
    MemberList list = of(A, B, C);

    assertThat(list.behind("a", 1)).containsExactly(B);
    assertThat(list.behind("c", 1)).containsExactly(A);
    assertThat(list.behind("b", 9)).containsExactly(C, A);
    assertThat(list.behind("bb", 9)).containsExactly(C, A, B);
    assertThat(MemberList.EMPTY.behind("a", 9)).isEmpty();
  }

  @Test
  void failures_areRememberedUpToABound() {
    MemberList list = MemberList.EMPTY;
    for (int i = 0; i < 300; i++) {
      list = list.with(new Member("m" + i, i));
    }
    MemberList before = list;
    for (Member member : before.members()) {
      list = list.withoutFailed(member);
    }

    GroupChange change = list.withFailures(256).since(before);
    assertThat(change.failed()).hasSize(256);
    assertThat(change.left()).hasSize(44);
    assertThat(list.withFailures(300)).isSameAs(list);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "\u00e4", "\u0000", "\u20ac", "\ud83d\udd12", "\u007f\u0080\u07ff\u0800"})
  void size_ofAnyIds_isThatOfTheData(String id) {
    MemberList list = MemberList.EMPTY;
    assertThat(list.encode().asByteArray()).hasSize(list.size());
    list = list.with(new Member(id, 1)).with(new Member(id + id, 2));
    assertThat(list.encode().asByteArray()).hasSize(list.size());
    list = list.withoutFailed(new Member(id, 1));
    assertThat(list.encode().asByteArray()).hasSize(list.size());
  }

  @Test
  void listWithinSomeBytes_forgetsTheFirstFailures_andNoMembers() {
    MemberList list = MemberList.EMPTY.with(new Member("m", 1));
    for (int i = 0; i < 5; i++) {
      list = list.with(new Member("f" + i, i)).withoutFailed(new Member("f" + i, i));
    }
    MemberList full = list;
    assertThat(full.size()).isEqualTo(17 + 11 + 5 * 12);
    assertThat(full.within(88)).isSameAs(full);
    assertThat(full.within(87).size()).isEqualTo(76);
    assertThat(full.within(52).size()).isEqualTo(52);
    assertThat(full.within(52).since(MemberList.EMPTY.with(new Member("f4", 4))).failed())
        .containsExactly(new Member("f4", 4));
    assertThat(full.within(1).size()).isEqualTo(28);
    assertThat(full.within(1).members()).containsExactly(new Member("m", 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 256})
  void id_ofAnImpossibleLength_isRefused(int length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Member("x".repeat(length), 1))
        .withMessageContaining("1 to 255");
  }

  @Test
  void members_areInTheOrderOfTheirIds_thenOfTheirTerms() {
    Member a1 = new Member("a", 1);
    Member a2 = new Member("a", 2);
    Member b1 = new Member("b", 1);
    assertThat(Stream.of(b1, a2, a1).sorted()).containsExactly(a1, a2, b1);
  }
}
