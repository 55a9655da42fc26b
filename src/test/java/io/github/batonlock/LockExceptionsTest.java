package io.github.batonlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockNotAcquiredException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What exceptions say: the key, what is so, what to do. */
class LockExceptionsTest {
  private static final LockKey KEY = LockKey.of("reports", "2026");
  private static final Duration WAITED = Duration.ofMillis(1_500);

  private static final LockInfo HOLDER =
      new LockInfo(
          KEY,
          Liveness.UNKNOWN,
          "worker-1",
          OptionalLong.of(41),
          Duration.ofSeconds(20),
          "v1",
          Optional.of(SdkBytes.fromUtf8String("secret")),
          Map.of("password", AttributeValue.fromS("secret")),
          Optional.empty());

  @Test
  void notAcquired_whenHeld_namesTheHolderAndWhatToDo() {
    LockNotAcquiredException e = new LockNotAcquiredException(KEY, Reason.HELD, WAITED, HOLDER);

    assertThat(e)
        .hasMessage(
            "Lock 'reports/2026' was not acquired: held by 'worker-1' (token 41, lease 20000 ms,"
                + " version v1); waited 1500 ms. Wait longer (LockRequest.waitUpTo), or look at"
                + " the holder")
        .hasNoCause();
    assertThat(e.key()).isEqualTo(KEY);
    assertThat(e.reason()).isEqualTo(Reason.HELD);
    assertThat(e.waited()).isEqualTo(WAITED);
    assertThat(e.holder()).hasValue(HOLDER);
  }

  @Test
  void notAcquired_withoutAHolderSeen_saysWhatIsKnown() {
    assertThat(new LockNotAcquiredException(KEY, Reason.HELD, WAITED, null))
        .hasMessageStartingWith("Lock 'reports/2026' was not acquired: it was held; waited 1500 ms")
        .extracting(LockNotAcquiredException::holder)
        .isEqualTo(Optional.empty());
    assertThat(new LockNotAcquiredException(KEY, Reason.NO_SUCH_LOCK, WAITED, null))
        .hasMessage(
            "Lock 'reports/2026' was not acquired: the request is for an existing item only, and"
                + " the table has none with this key");
    assertThat(new LockNotAcquiredException(KEY, Reason.CLIENT_CLOSED, WAITED, null))
        .hasMessage(
            "Lock 'reports/2026' was not acquired: the LockClient was closed after 1500 ms of"
                + " waiting");
  }

  @ParameterizedTest
  @EnumSource(Revocation.Reason.class)
  void revoked_namesKeyTokenReasonAndBothDurations(Revocation.Reason reason) {
    Throwable last = new IllegalStateException("no answer");
    Revocation revocation =
        new Revocation(KEY, 42, reason, Duration.ofSeconds(16), Duration.ofSeconds(4), last);
    LockRevokedException e = new LockRevokedException(revocation);

    assertThat(e)
        .hasMessage(
            "The lock 'reports/2026' (token 42) revoked: %s, last renewed 16000 ms before, free"
                + " for others in 4000 ms, last failure: no answer. Stop the work it guards",
            reason)
        .hasCause(last);
    assertThat(e.revocation()).isSameAs(revocation);
    assertThat(e.key()).isEqualTo(KEY);
  }

  @Test
  void revoked_withoutAFailure_hasNoCause() {
    Revocation revocation =
        new Revocation(KEY, 1, Revocation.Reason.TAKEN_OVER, Duration.ZERO, Duration.ZERO, null);

    assertThat(new LockRevokedException(revocation))
        .hasNoCause()
        .hasMessageNotContaining("last failure");
  }

  @Test
  void malformedItem_namesKeyAttributeProblemAndWhatToDo() {
    MalformedLockItemException e =
        new MalformedLockItemException(KEY, "leaseDuration", "is a number, not a string");

    assertThat(e)
        .hasMessage(
            "The item 'reports/2026' is not a lock: attribute 'leaseDuration' is a number, not a"
                + " string. It was left as it is. The item may belong to another program: check first"
                + " whether this is the right table and partition key. If so, use another key;"
                + " repair or delete the item only if no program needs it");
    assertThat(e.key()).isEqualTo(KEY);
    assertThat(e.attribute()).isEqualTo("leaseDuration");
  }

  @Test
  void notHeld_hasItsKeyAndMessage() {
    LockNotHeldException e = new LockNotHeldException(KEY, "asked for too much");

    assertThat(e).hasMessage("asked for too much").hasNoCause();
    assertThat(e.key()).isEqualTo(KEY);
  }

  @ParameterizedTest
  @EnumSource(LockStoreException.Kind.class)
  void storeFailure_isTransientWhereTryingAgainCanHelp(LockStoreException.Kind kind) {
    LockStoreException e = new LockStoreException(kind, true, "what", null);

    assertThat(e.kind()).isEqualTo(kind);
    assertThat(e.mayHaveBeenApplied()).isTrue();
    assertThat(kind.isTransient())
        .isEqualTo(
            switch (kind) {
              case NO_TABLE, WRONG_SCHEMA, ACCESS_DENIED, INVALID_REQUEST -> false;
              case THROTTLED, CONFLICT, TIMED_OUT, UNAVAILABLE -> true;
            });
  }

  @Test
  void text_ofALockInfo_hasNoUserData() {
    assertThat(HOLDER)
        .hasToString(
            "lock 'reports/2026' UNKNOWN, last holder 'worker-1' (token 41, lease 20000 ms,"
                + " version v1)");
  }

  @Test
  void exceptions_survivingSerialization_keepWhatTheirAccessorsPromise() throws Exception {
    LockNotAcquiredException e =
        copied(new LockNotAcquiredException(KEY, Reason.HELD, WAITED, HOLDER));
    assertThat(e).hasMessageContaining("reports/2026");
    assertThat(e.reason()).isEqualTo(Reason.HELD);
    assertThat(e.waited()).isEqualTo(WAITED);
    assertThat(e.key()).isEqualTo(KEY);
    assertThat(e.holder()).isEmpty();

    Revocation revocation =
        new Revocation(KEY, 1, Revocation.Reason.TAKEN_OVER, Duration.ZERO, Duration.ZERO, null);
    LockRevokedException revoked = copied(new LockRevokedException(revocation));
    assertThat(revoked.key()).isEqualTo(KEY);
    assertThat(revoked.revocation()).usingRecursiveComparison().isEqualTo(revocation);
    MalformedLockItemException malformed =
        copied(new MalformedLockItemException(LockKey.of("k"), "a", "is missing"));
    assertThat(malformed.key()).isEqualTo(LockKey.of("k"));
    assertThat(malformed.attribute()).isEqualTo("a");
    assertThat(copied(new LockNotHeldException(KEY, "too much")).key()).isEqualTo(KEY);
  }

  private static <T extends Throwable> T copied(T thrown) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(thrown);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      @SuppressWarnings("unchecked")
      T copy = (T) in.readObject();
      return copy;
    }
  }
}
