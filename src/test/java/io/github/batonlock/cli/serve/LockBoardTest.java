package io.github.batonlock.cli.serve;

import static io.github.batonlock.cli.serve.PageRows.dead;
import static io.github.batonlock.cli.serve.PageRows.foreign;
import static io.github.batonlock.cli.serve.PageRows.free;
import static io.github.batonlock.cli.serve.PageRows.frozen;
import static io.github.batonlock.cli.serve.PageRows.held;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.batonlock.LockKey;
import io.github.batonlock.cli.serve.LockBoard.Picture;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.LockRow.Asker;
import io.github.batonlock.internal.operator.OperatorTable.Traffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the page knows, look by look. Leases are 20 s; times are in milliseconds. */
class LockBoardTest {
  private static final LockKey K = LockKey.of("k");

  private final LockBoard board = new LockBoard();

  private Life look(long now, LockRow row) {
    board.looked(List.of(row), now);
    return life();
  }

  private Life life() {
    SeenLock lock = board.lock(K);
    return lock == null ? Life.ABSENT : lock.life();
  }

  private Picture picture(String query) {
    return board.picture(View.parse(query), 100_000);
  }

  private List<String> events() {
    return picture("").events().stream().map(BoardEvent::text).toList();
  }

  // Liveness

  @Test
  void holder_thatRenewsAndFallsSilent_isAliveSuspectAndDead() {
    board.scanned(List.of(held("k", "a", 7, "v1")), 0);

    assertThat(life()).isEqualTo(Life.HELD);
    assertThat(look(5_000, held("k", "a", 7, "v2"))).isEqualTo(Life.ALIVE);
    assertThat(look(10_000, held("k", "a", 7, "v2"))).isEqualTo(Life.ALIVE);
    assertThat(look(15_000, held("k", "a", 7, "v2"))).isEqualTo(Life.SUSPECT);
    assertThat(look(24_999, held("k", "a", 7, "v2"))).isEqualTo(Life.SUSPECT);
    assertThat(look(25_000, held("k", "a", 7, "v2"))).isEqualTo(Life.DEAD);
    assertThat(look(30_000, held("k", "a", 7, "v3"))).isEqualTo(Life.ALIVE);
    assertThat(look(35_000, held("k", "b", 8, "w1"))).isEqualTo(Life.ALIVE);
    assertThat(look(36_000, free("k", "b", 8, "w2"))).isEqualTo(Life.FREE);
    assertThat(events())
        .containsExactly(
            "released by b",
            "b followed a",
            "a shows life again",
            "a is dead: silent for its lease",
            "a is suspect: silent for half of its lease");
  }

  @Test
  void lock_thatIsDeadByTheTablesClock_isDeadAtOnce() {
    board.scanned(List.of(dead("k", "a", 7, "v1")), 0);

    assertThat(life()).isEqualTo(Life.DEAD);
    assertThat(look(1_000, held("k", "b", 8, "w"))).isEqualTo(Life.ALIVE);
    assertThat(events()).containsExactly("taken over by b from silent a");
  }

  @Test
  void answer_thatIsOutOfDate_changesNothing() {
    board.scanned(List.of(held("k", "a", 7, "v1")), 0);
    look(5_000, held("k", "a", 7, "v2"));
    assertThat(look(6_000, held("k", "a", 7, "v1"))).isEqualTo(Life.ALIVE);
    look(7_000, held("k", "b", 8, "w1"));
    look(8_000, held("k", "a", 7, "v2"));

    SeenLock lock = board.lock(K);
    assertThat(lock).isNotNull();
    assertThat(lock.holder()).isEqualTo("b");
    assertThat(lock.seenAt()).isEqualTo(8_000);
    // An edit by hand is believed in the end.
    look(18_000, held("k", "a", 7, "v9"));
    assertThat(board.lock(K).holder()).isEqualTo("a");
  }

  @Test
  void timeLine_ofALock_isWhatTheLooksHaveShown() {
    board.scanned(List.of(free("k", "", 6, "v0")), 0);
    look(5_000, held("k", "a", 7, "v1"));
    look(10_000, held("k", "a", 7, "v2"));
    look(15_000, free("k", "a", 7, "v3"));

    SeenLock lock = board.lock(K);
    assertThat(lock.past())
        .extracting(SeenLock.Span::life, SeenLock.Span::holder, SeenLock.Span::start)
        .containsExactly(tuple(Life.FREE, "", 0L), tuple(Life.ALIVE, "a", 5_000L));
    assertThat(lock.since()).isEqualTo(15_000);
    for (int i = 1; i < 100; i++) {
      look(15_000 + i * 20_000L, held("k", "h" + i, 7 + i, "v" + i));
    }
    assertThat(board.lock(K).past()).hasSize(PageBounds.SPANS);
  }

  @Test
  void clientsThatAsk_areShownWithTheTimeForWhichTheyAsk() {
    Asker asker = new Asker("c", "deploy", Optional.of(Duration.ofSeconds(9)), true);
    board.scanned(List.of(held("k", "a", 7, "v1")), 0);
    look(1_000, held("k", "a", 7, "v1", asker));
    look(2_000, held("k", "a", 7, "v1", asker));

    assertThat(events()).containsExactly("c asks a to finish: deploy");
    assertThat(board.lock(K).longestAsked()).isEqualTo(9_000);
    assertThat(picture("group=asked").matches()).isEqualTo(1);
  }

  @Test
  void item_thatWasDeleted_leavesTheBoardWithTheNextScan() {
    board.scanned(List.of(held("k", "a", 7, "v1"), free("l", "a", 3, "l")), 0);
    board.scanned(List.of(free("l", "a", 3, "l")), 60_000);

    assertThat(picture("").matches()).isEqualTo(1);
    assertThat(events()).containsExactly("the item was deleted");
  }

  @Test
  void names_withControlCharacters_areShownByTheirCodes() {
    board.scanned(List.of(free("k", "", 6, "v0")), 0);
    look(1_000, held("k", "a\u001b[31m\u202eb", 7, "v1"));
    String json = new PageJson("t", false, 5_000).of(picture(""));

    assertThat(json).contains("a\\\\u001b[31m\\\\u202eb").doesNotContain("\u202e");
  }

  @Test
  void table_thatDoesNotAnswer_isSaidUntilItDoes() {
    board.scanned(List.of(held("k", "a", 7, "v1")), 0);
    board.failed("no answer", 10_000);
    board.failed("still no answer", 15_000);

    Picture picture = picture("");
    assertThat(picture.problem()).isEqualTo(new LockBoard.Problem("still no answer", 10_000));
    assertThat(new PageJson("t", false, 5_000).of(picture)).contains("still no answer");
    look(20_000, held("k", "a", 7, "v2"));
    assertThat(picture("").problem()).isNull();
  }

  // Ten thousand locks

  private void fill() {
    List<LockRow> rows = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      String key = String.format("job/%05d", i);
      rows.add(
          switch (i % 100) {
            case 0 -> held(key, "worker-" + i % 7, i, "v" + i);
            case 1 -> dead(key, "gone", i, "v" + i);
            default -> free(key, "worker", i, "v" + i);
          });
    }
    rows.add(foreign("orders"));
    rows.add(frozen("migration", "frozen by carol@ops: move", 1));
    board.scanned(rows, 0);
  }

  @Test
  void list_ofTenThousandLocks_hasPages() {
    fill();

    Picture first = picture("");
    Picture last = picture("page=900");

    assertThat(first.rows()).hasSize(50);
    assertThat(first.matches()).isEqualTo(10_002);
    assertThat(first.pages()).isEqualTo(201);
    assertThat(first.counts())
        .containsAllEntriesOf(
            Map.of(
                View.Group.ALL, 10_002,
                View.Group.HELD, 200,
                View.Group.TROUBLE, 101,
                View.Group.FROZEN, 1,
                View.Group.FREE, 9_800));
    assertThat(View.label(first.rows().get(0))).isEqualTo("job/00000");
    assertThat(last.view().page()).isEqualTo(200);
    assertThat(last.rows()).extracting(View::label).containsExactly("migration", "orders");
    assertThat(new PageJson("t", false, 5_000).of(first).length()).isLessThan(40_000);
  }

  @Test
  void list_withAFilter_isOfMatchingKeysAndHolders() {
    fill();

    assertThat(picture("filter=JOB%2F0123").matches()).isEqualTo(10);
    assertThat(picture("filter=gone&group=trouble").matches()).isEqualTo(100);
    assertThat(picture("filter=worker-3&sort=key&order=desc").rows())
        .extracting(lock -> lock.row().owner())
        .containsOnly("worker-3");
    assertThat(picture("filter=nothing").rows()).isEmpty();
    assertThat(picture("sort=state").rows()).extracting(SeenLock::life).containsOnly(Life.DEAD);
    assertThat(picture("sort=state&page=2").rows().get(0).life()).isEqualTo(Life.NOT_A_LOCK);
    assertThat(picture("open=job/00001").open().life()).isEqualTo(Life.DEAD);
  }

  @Test
  void query_thatCannotBeRead_isTheWholeList() {
    assertThat(View.parse(null)).isEqualTo(View.DEFAULT);
    assertThat(View.parse("group=none&sort=x&page=-1&filter=%zz&open=&=&&order=up"))
        .isEqualTo(View.DEFAULT);
    assertThat(View.parse("filter=" + "x".repeat(5_000)).filter()).hasSize(200);
  }

  @Test
  void requests_ofTheLastMinute_areCounted() {
    for (long i = 0; i <= 200; i++) {
      board.spent(new Traffic(i / 60, i * 2, 0), i * 1_000);
    }

    assertThat(board.picture(View.DEFAULT, 200_000).lastMinute()).isEqualTo(new Traffic(1, 120, 0));
  }
}
