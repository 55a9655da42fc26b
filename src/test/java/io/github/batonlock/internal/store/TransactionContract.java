package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.StoreFixture.acquire;
import static io.github.batonlock.internal.store.StoreFixture.grant;
import static io.github.batonlock.internal.store.StoreFixture.lock;
import static io.github.batonlock.internal.store.StoreFixture.n;
import static io.github.batonlock.internal.store.StoreFixture.s;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.protocol.ItemState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What every store does with several grants in one transaction. */
interface TransactionContract extends StoreFixture {

  private GrantsAnswer grantAll(LockWrite... grants) {
    return store().grantAll(List.of(grants), TIMEOUTS).join();
  }

  private LockStoreException refusal(List<LockWrite> grants) {
    Throwable thrown = catchThrowable(() -> store().grantAll(grants, TIMEOUTS).join());
    return (LockStoreException) ((CompletionException) thrown).getCause();
  }

  /** Unique, as the protocol wants it: that of the first grant names the transaction, too. */
  private static String version() {
    return UUID.randomUUID().toString();
  }

  @Test
  default void grantAll_freeLocks_writesEachAsAlone() {
    LockKey absent = newKey();
    LockKey released = newKey();
    LockKey silent = newKey();
    putRow(
        released,
        Map.of(
            "ownerName", s("old"),
            "leaseDuration", s("1"),
            "recordVersionNumber", s("v0"),
            "isReleased", s("1"),
            "ttl", n("99"),
            "fencingToken", n("41")));
    write(acquire(silent, "dead", "v1"));

    GrantsAnswer answer =
        grantAll(
            acquire(absent, "me", version()),
            acquire(released, "me", version()),
            new LockWrite.Takeover(silent, grant("me", version()), "v1"));

    assertThat(answer.applied()).isTrue();
    List<StoredItem> items = store().readAll(List.of(absent, released, silent), TIMEOUTS).join();
    assertThat(items).containsExactly(read(absent), read(released), read(silent));
    assertThat(items).allMatch(item -> lock(item).ownerName().equals("me"));
    assertThat(lock(items.get(0)).fencingToken()).hasValue(SEED + 1);
    assertThat(lock(items.get(1)).fencingToken()).hasValue(42);
    assertThat(lock(items.get(2)).fencingToken()).hasValue(SEED + 2);
    assertThat(row(released)).doesNotContainKeys("isReleased", "ttl");
  }

  @Test
  default void grantAll_oneOfThemHeld_writesNone_andNamesTheHolder() {
    LockKey free = newKey();
    LockKey held = newKey();
    write(acquire(held, "other", "v1"));

    GrantsAnswer answer = grantAll(acquire(free, "me", version()), acquire(held, "me", version()));

    assertThat(answer.applied()).isFalse();
    assertThat(answer.against()).hasSize(2);
    assertThat(answer.against().get(0)).isNull();
    assertThat(answer.against().get(1)).isEqualTo(read(held));
    assertThat(row(free)).isNull();
    assertThat(lock(read(held)).version()).isEqualTo("v1");
  }

  @Test
  default void grantAll_absentWhereOneWasWanted_andNoLock_areBothNamed() {
    LockKey absent = newKey();
    LockKey bad = newKey();
    putRow(bad, Map.of("something", s("else")));

    GrantsAnswer answer =
        grantAll(
            new LockWrite.Acquire(absent, grant("me", version()), true),
            acquire(bad, "me", version()));

    assertThat(answer.applied()).isFalse();
    assertThat(answer.against().get(0)).isEqualTo(StoredItem.UNKNOWN);
    assertThat(answer.against().get(1))
        .isNotNull()
        .extracting(StoredItem::state)
        .isInstanceOf(ItemState.NotALock.class);
  }

  @Test
  default void grantAll_hundred_isTheMost() {
    List<LockWrite> grants = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      grants.add(acquire(newKey(), "me", version()));
    }
    assertThat(store().grantAll(grants, TIMEOUTS).join().applied()).isTrue();

    List<LockWrite> tooMany = new ArrayList<>(grants);
    tooMany.add(acquire(newKey(), "me", version()));
    LockStoreException refused = refusal(tooMany);
    assertThat(refused.kind()).isEqualTo(Kind.INVALID_REQUEST);
    assertThat(refused.mayHaveBeenApplied()).isFalse();
  }

  @Test
  default void readAll_whateverIsThere_isToldInOrder() {
    LockKey absent = newKey();
    LockKey held = newKey();
    LockKey bad = newKey();
    write(acquire(held, "me", "v1"));
    putRow(bad, Map.of("something", s("else")));
    assertThat(store().readAll(List.of(held, absent, bad), TIMEOUTS).join())
        .containsExactly(read(held), StoredItem.ABSENT, read(bad));
  }
}
