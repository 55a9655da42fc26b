package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.store.LockWrite;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The values of one write, by the placeholders that {@link WriteTexts} uses. They are exactly those
 * that it uses for a write of this shape, since DynamoDB refuses values that are not used.
 */
final class WriteValues {
  static final String VERSION = ":version";
  static final String OBSERVED = ":observed";
  static final String OWNER = ":owner";
  static final String HOLDER = ":holder";
  static final String LEASE = ":lease";
  static final String SEED = ":seed";
  static final String ONE = ":one";
  static final String DATA = ":data";
  static final String SESSION = ":session";
  static final String TTL = ":ttl";
  static final String ASKED = ":asked";
  static final String NOBODY_ASKED = ":nobody";
  static final String REQUEST = ":request";
  static final String LIST = ":list";
  static final String MOST = ":most";
  static final String TOKEN = ":token";
  static final String RELEASED = ":released";
  static final String STRING = ":string";
  static final String BINARY = ":binary";
  static final String ZERO = ":zero";
  static final String TOKEN_LIMIT = ":limit";

  private static final String FIRST_CANDIDATE = ":c0";
  private static final AttributeValue NUMBER_ONE = AttributeValue.fromN("1");
  private static final AttributeValue NUMBER_ZERO = AttributeValue.fromN("0");
  private static final AttributeValue TYPE_STRING = AttributeValue.fromS("S");
  private static final AttributeValue TYPE_BINARY = AttributeValue.fromS("B");
  private static final AttributeValue TYPE_LIST = AttributeValue.fromS("L");
  private static final AttributeValue RELEASED_TEXT = AttributeValue.fromS(LockAttributes.RELEASED);
  private static final AttributeValue LIMIT =
      AttributeValue.fromN(Long.toString(LockAttributes.GROWING_TOKEN_LIMIT));

  private final Map<String, AttributeValue> values = new HashMap<>();

  private WriteValues() {}

  /** The placeholder of the user's attribute with this number. */
  static String attribute(int number) {
    return ":a" + number;
  }

  /** A list of placeholders for {@code IN}. */
  static String candidates(int number) {
    return IntStream.range(0, number)
        .mapToObj(i -> ":c" + i)
        .collect(Collectors.joining(", ", "(", ")"));
  }

  static Map<String, AttributeValue> of(LockWrite write) {
    WriteValues values = new WriteValues();
    LockWrite.Grant grant = write.grant();
    if (grant != null) {
      values.grant(grant);
      if (grant.session() == null) {
        boolean isOfSession = SessionKey.isSession(write.key());
        values.values.put(NOBODY_ASKED, isOfSession ? AskedReleases.EMPTY : AskedReleases.NONE);
      }
      values.conditionOfGrant(write);
    } else if (write instanceof LockWrite.Heartbeat beat) {
      values.held(beat.ownerName(), beat.candidates());
      values.version(beat.version(), beat.data(), beat.session());
      values.token(beat.update());
      if (beat.asks()) {
        values.values.put(NOBODY_ASKED, AskedReleases.NONE);
      }
    } else if (write instanceof LockWrite.Release release) {
      values.held(release.ownerName(), release.candidates());
      values.version(release.version(), null, null);
      values.released(release.expiry());
    } else if (write instanceof LockWrite.End end) {
      values.end(end);
    } else if (write instanceof LockWrite.Ask ask) {
      values.ask(ask);
    } else if (write instanceof LockWrite.Withdraw withdraw) {
      values.request(withdraw.id());
      values.values.put(NOBODY_ASKED, AskedReleases.NONE);
    } else {
      LockWrite.Delete delete = (LockWrite.Delete) write;
      values.held(delete.ownerName(), delete.candidates());
    }
    return values.values;
  }

  private void grant(LockWrite.Grant grant) {
    version(grant.version(), grant.data(), grant.session());
    owner(grant.ownerName(), grant.leaseDuration());
    values.put(SEED, AttributeValue.fromN(Long.toString(grant.tokenSeed())));
    values.put(ONE, NUMBER_ONE);
    int number = 0;
    for (AttributeValue value : grant.attributes().values().values()) {
      values.put(attribute(number++), value);
    }
  }

  private void conditionOfGrant(LockWrite write) {
    if (write instanceof LockWrite.Open) {
      return;
    }
    values.put(ZERO, NUMBER_ZERO);
    values.put(TOKEN_LIMIT, LIMIT);
    values.put(BINARY, TYPE_BINARY);
    if (write instanceof LockWrite.Handoff handoff) {
      held(handoff.ownerName(), handoff.candidates());
      if (handoff.askedBy() != null) {
        request(handoff.askedBy());
      }
      return;
    }
    values.put(RELEASED, RELEASED_TEXT);
    values.put(STRING, TYPE_STRING);
    if (write instanceof LockWrite.Takeover takeover) {
      values.put(OBSERVED, AttributeValue.fromS(takeover.observedVersion()));
    }
  }

  private void end(LockWrite.End end) {
    version(end.version(), null, null);
    released(end.expiry());
    if (end.observedVersion() == null) {
      owner(end.ownerName(), end.leaseDuration());
    } else {
      values.put(OBSERVED, AttributeValue.fromS(end.observedVersion()));
      values.put(STRING, TYPE_STRING);
    }
  }

  private void ask(LockWrite.Ask ask) {
    held(ask.ownerName(), List.of());
    AttributeValue asked = AskedReleases.valueOf(ask.asked());
    if (SessionKey.isSession(ask.key())) {
      values.put(ASKED, AttributeValue.fromL(List.of(asked)));
      values.put(LIST, TYPE_LIST);
      values.put(MOST, AttributeValue.fromN(Integer.toString(ask.most())));
    } else {
      values.put(ASKED, asked);
      values.put(TOKEN, AttributeValue.fromN(Long.toString(ask.asked().token())));
    }
  }

  private void request(String id) {
    values.put(REQUEST, AttributeValue.fromS(id));
  }

  private void owner(String ownerName, Duration lease) {
    values.put(OWNER, AttributeValue.fromS(ownerName));
    values.put(LEASE, AttributeValue.fromS(LeaseText.format(lease)));
  }

  private void version(String version, @Nullable SdkBytes data, @Nullable LockKey session) {
    values.put(VERSION, AttributeValue.fromS(version));
    if (data != null) {
      values.put(DATA, AttributeValue.fromB(data));
    }
    if (session != null) {
      values.put(SESSION, AttributeValue.fromS(SessionKey.text(session, version)));
    }
  }

  private void token(LockWrite.@Nullable Update update) {
    if (update != null) {
      values.put(TOKEN, AttributeValue.fromN(Long.toString(update.fencingToken())));
    }
  }

  private void released(@Nullable Instant expiry) {
    values.put(RELEASED, RELEASED_TEXT);
    if (expiry != null) {
      values.put(TTL, AttributeValue.fromN(Long.toString(expiry.getEpochSecond())));
    }
  }

  private void held(String ownerName, List<String> candidates) {
    values.put(HOLDER, AttributeValue.fromS(ownerName));
    for (int i = 0; i < candidates.size(); i++) {
      String placeholder = i == 0 ? FIRST_CANDIDATE : ":c" + i;
      values.put(placeholder, AttributeValue.fromS(candidates.get(i)));
    }
  }
}
