package io.github.batonlock.internal.virtual;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.dynamodb.ExpressionSizes;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.store.LockWrite;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What the protocol's writes do to a raw row, said once more without DynamoDB's expressions. */
final class RowWrites {
  private static final int MAX_EXPRESSION_BYTES = 4 * 1024;
  private static final int MAX_DIGITS = 38;
  private static final BigDecimal TOKEN_LIMIT = BigDecimal.valueOf(Long.MAX_VALUE - 2);

  /** What was said of an earlier holder. */
  private static final List<String> NO_LONGER_TRUE =
      List.of("isReleased", "ttl", "session", "releaseRequest", "keptClosed");

  private RowWrites() {}

  /** Refuses what DynamoDB refuses whatever the row. */
  static void checkRequest(LockWrite write, Set<String> keyNames, int mostCandidates) {
    List<String> candidates = candidates(write);
    if (candidates != null && (candidates.isEmpty() || candidates.size() > mostCandidates)) {
      throw invalid("IN takes 1 to " + mostCandidates + " values, not " + candidates.size());
    }
    if (ExpressionSizes.longest(write) > MAX_EXPRESSION_BYTES) {
      throw invalid("Expression size has exceeded the maximum allowed size");
    }
    LockWrite.Grant grant = write.grant();
    if (grant != null) {
      for (String attribute : grant.attributes().values().keySet()) {
        if (keyNames.contains(attribute) || LockAttributes.isReserved(attribute)) {
          throw invalid("Two document paths overlap: " + attribute);
        }
      }
    }
  }

  static boolean conditionHolds(LockWrite write, @Nullable Map<String, AttributeValue> row) {
    if (write instanceof LockWrite.Acquire acquire) {
      return row == null ? !acquire.onlyIfExists() : isReleasedLock(row);
    }
    if (write instanceof LockWrite.Open) {
      return row == null;
    }
    if (write instanceof LockWrite.End end) {
      String observed = end.observedVersion();
      if (row == null || observed == null) {
        return row == null && observed == null;
      }
      return isText(row.get("recordVersionNumber"), observed) && isHeldBySomebody(row);
    }
    if (row == null) {
      return false;
    }
    if (write instanceof LockWrite.Handoff handoff) {
      return isHeldBy(row, handoff.ownerName(), handoff.candidates())
          && hasTokenThatGrowsAndData(row)
          && (handoff.askedBy() == null || isAsked(row, handoff.askedBy()));
    } else if (write instanceof LockWrite.Withdraw withdraw) {
      return isAsked(row, withdraw.id());
    } else if (write instanceof LockWrite.Takeover takeover) {
      return isText(row.get("recordVersionNumber"), takeover.observedVersion()) && isLock(row);
    } else if (write instanceof LockWrite.Heartbeat heartbeat) {
      LockWrite.Update update = heartbeat.update();
      return isHeldBy(row, heartbeat.ownerName(), heartbeat.candidates())
          && (update == null || isToken(row.get("fencingToken"), update.fencingToken()));
    } else if (write instanceof LockWrite.Release release) {
      return isHeldBy(row, release.ownerName(), release.candidates());
    } else if (write instanceof LockWrite.KeepClosed close) {
      return isHeldBy(row, close.ownerName(), close.candidates());
    } else if (write instanceof LockWrite.Ask ask) {
      return isSession(ask)
          ? isOpenSession(row, ask.ownerName(), ask.most())
          : isHold(row, ask.ownerName(), ask.asked().token());
    }
    if (write instanceof LockWrite.Mark mark) {
      return isText(row.get("recordVersionNumber"), mark.sentBefore().version())
          && isHeldBySomebody(row)
          && says(row, mark.known());
    }
    LockWrite.Delete delete = (LockWrite.Delete) write;
    return isHeldBy(row, delete.ownerName(), delete.candidates());
  }

  private static boolean says(Map<String, AttributeValue> row, @Nullable SentBefore known) {
    return known == null
        ? !row.containsKey("sentBefore")
        : isText(row.get("sentBefore"), known.text());
  }

  /** The row after the write; null after a delete. */
  static @Nullable Map<String, AttributeValue> apply(
      LockWrite write, Map<String, AttributeValue> row) {
    Map<String, AttributeValue> next = new HashMap<>(row);
    LockWrite.Grant grant = write.grant();
    if (grant != null) {
      applyGrant(grant, next, isSession(write));
    } else if (write instanceof LockWrite.Heartbeat heartbeat) {
      next.put("recordVersionNumber", AttributeValue.fromS(heartbeat.version()));
      putSession(next, heartbeat.session(), heartbeat.version());
      putStamp(next, heartbeat.session(), heartbeat.sentBefore());
      putData(next, heartbeat.data());
      if (heartbeat.heard() > 0) {
        next.put("releaseRequest", listWithout(row, heartbeat.heard()));
      }
      if (heartbeat.session() == null && !isSession(heartbeat)) {
        next.putIfAbsent("releaseRequest", AttributeValue.fromNul(true));
      }
    } else if (write instanceof LockWrite.Ask ask) {
      next.put("releaseRequest", isSession(ask) ? listWith(row, ask) : asked(ask.asked()));
    } else if (write instanceof LockWrite.Mark mark) {
      next.put("sentBefore", AttributeValue.fromS(mark.sentBefore().text()));
    } else if (write instanceof LockWrite.Withdraw) {
      next.put("releaseRequest", AttributeValue.fromNul(true));
    } else if (write instanceof LockWrite.End end) {
      if (end.observedVersion() == null) {
        next.put("ownerName", AttributeValue.fromS(end.ownerName()));
        next.put(
            "leaseDuration", AttributeValue.fromS(Long.toString(end.leaseDuration().toMillis())));
      }
      next.put("recordVersionNumber", AttributeValue.fromS(end.version()));
      next.put("isReleased", AttributeValue.fromS("1"));
      next.remove("sentBefore");
      next.put("ttl", AttributeValue.fromN(Long.toString(end.expiry().getEpochSecond())));
    } else if (write instanceof LockWrite.Release release) {
      next.put("recordVersionNumber", AttributeValue.fromS(release.version()));
      next.put("isReleased", AttributeValue.fromS("1"));
      next.remove("sentBefore");
      next.remove("releaseRequest");
      next.remove("session");
      next.remove("ttl");
      if (release.expiry() != null) {
        next.put("ttl", AttributeValue.fromN(Long.toString(release.expiry().getEpochSecond())));
      }
    } else if (write instanceof LockWrite.KeepClosed close) {
      next.put("recordVersionNumber", AttributeValue.fromS(close.version()));
      next.put("leaseDuration", AttributeValue.fromS(Long.toString(close.rest().toMillis())));
      next.remove("releaseRequest");
      next.remove("session");
      next.remove("sentBefore");
      if (close.isMarked()) {
        next.put("keptClosed", AttributeValue.fromS("1"));
        next.put("sentBefore", AttributeValue.fromS(close.sentBefore().text()));
      }
    } else {
      return null;
    }
    return next;
  }

  private static void applyGrant(
      LockWrite.Grant grant, Map<String, AttributeValue> next, boolean isSession) {
    AttributeValue token = next.get("fencingToken");
    if (token != null && token.n() == null) {
      throw invalid("An operand in the update expression has an incorrect data type");
    }
    BigDecimal base =
        token == null ? BigDecimal.valueOf(grant.tokenSeed()) : new BigDecimal(token.n());
    BigDecimal sum = base.add(BigDecimal.ONE);
    if (sum.stripTrailingZeros().precision() > MAX_DIGITS) {
      throw invalid("Attempting to store more than 38 significant digits in a Number");
    }
    next.put("ownerName", AttributeValue.fromS(grant.ownerName()));
    next.put(
        "leaseDuration", AttributeValue.fromS(Long.toString(grant.leaseDuration().toMillis())));
    next.put("recordVersionNumber", AttributeValue.fromS(grant.version()));
    next.put("fencingToken", AttributeValue.fromN(sum.toPlainString()));
    putData(next, grant.data());
    next.putAll(grant.attributes().values());
    NO_LONGER_TRUE.forEach(next::remove);
    if (grant.session() == null) {
      next.put(
          "releaseRequest",
          isSession ? AttributeValue.fromL(List.of()) : AttributeValue.fromNul(true));
    }
    next.remove("sentBefore");
    putSession(next, grant.session(), grant.version());
    putStamp(next, grant.session(), grant.sentBefore());
  }

  /** Whether the answer carries what is asked of the holder. */
  static boolean bringsRequests(LockWrite write) {
    return write instanceof LockWrite.Heartbeat heartbeat && heartbeat.session() == null;
  }

  private static boolean isSession(LockWrite write) {
    return write.key().partitionKey().startsWith("baton.session/");
  }

  private static boolean isOpenSession(
      Map<String, AttributeValue> row, String ownerName, int most) {
    AttributeValue waiting = row.get("releaseRequest");
    return isText(row.get("ownerName"), ownerName)
        && !row.containsKey("isReleased")
        && waiting != null
        && waiting.hasL()
        && waiting.l().size() < most;
  }

  private static AttributeValue listWith(Map<String, AttributeValue> row, LockWrite.Ask ask) {
    List<AttributeValue> all = new ArrayList<>(present(row, "releaseRequest").l());
    all.add(asked(ask.asked()));
    return AttributeValue.fromL(all);
  }

  private static AttributeValue listWithout(Map<String, AttributeValue> row, int heard) {
    AttributeValue waiting = row.get("releaseRequest");
    if (waiting == null || !waiting.hasL()) {
      throw invalid("The document path provided in the update expression is invalid for update");
    }
    List<AttributeValue> all = waiting.l();
    return AttributeValue.fromL(all.subList(Math.min(heard, all.size()), all.size()));
  }

  private static AttributeValue asked(AskedRelease asked) {
    Map<String, AttributeValue> parts = new HashMap<>();
    parts.put("id", AttributeValue.fromS(asked.id()));
    parts.put("askedBy", AttributeValue.fromS(asked.askedBy()));
    parts.put("reason", AttributeValue.fromS(asked.reason()));
    parts.put("deadline", AttributeValue.fromN(Long.toString(asked.gracePeriod().toMillis())));
    parts.put("token", AttributeValue.fromN(Long.toString(asked.token())));
    LockKey lock = asked.lock();
    if (lock != null) {
      parts.put("lock", AttributeValue.fromS(lock.partitionKey()));
      lock.sortKey().ifPresent(sort -> parts.put("lockSort", AttributeValue.fromS(sort)));
    }
    if (asked.reserve()) {
      parts.put("reserve", AttributeValue.fromBool(true));
    }
    return AttributeValue.fromM(parts);
  }

  private static boolean isAsked(Map<String, AttributeValue> row, String id) {
    AttributeValue value = row.get("releaseRequest");
    return value != null && value.hasM() && isText(value.m().get("id"), id);
  }

  /** The requests that an answer carries. */
  static List<AskedRelease> asked(Map<String, AttributeValue> row) {
    return waiting(row).stream()
        .filter(value -> value.hasM() && value.m().containsKey("id"))
        .map(value -> asked(value.m(), lockOf(value.m())))
        .toList();
  }

  /** All that stand in a row, readable or not. */
  static List<AttributeValue> waiting(Map<String, AttributeValue> row) {
    AttributeValue value = row.get("releaseRequest");
    return value == null ? List.of() : value.hasL() ? value.l() : List.of(value);
  }

  private static @Nullable LockKey lockOf(Map<String, AttributeValue> parts) {
    AttributeValue lock = parts.get("lock");
    AttributeValue sort = parts.get("lockSort");
    return lock == null
        ? null
        : sort == null ? LockKey.of(lock.s()) : LockKey.of(lock.s(), sort.s());
  }

  private static AskedRelease asked(Map<String, AttributeValue> parts, @Nullable LockKey lock) {
    return new AskedRelease(
        present(parts, "id").s(),
        present(parts, "askedBy").s(),
        present(parts, "reason").s(),
        Duration.ofMillis(Long.parseLong(present(parts, "deadline").n())),
        Long.parseLong(present(parts, "token").n()),
        parts.containsKey("reserve"),
        lock);
  }

  private static AttributeValue present(Map<String, AttributeValue> map, String name) {
    return Objects.requireNonNull(map.get(name), name);
  }

  private static boolean isHold(Map<String, AttributeValue> row, String ownerName, long token) {
    AttributeValue stored = row.get("fencingToken");
    return !row.containsKey("isReleased")
        && isText(row.get("ownerName"), ownerName)
        && stored != null
        && stored.n() != null
        && new BigDecimal(stored.n()).compareTo(BigDecimal.valueOf(token)) == 0;
  }

  private static void putSession(
      Map<String, AttributeValue> next, @Nullable LockKey session, String version) {
    if (session != null) {
      next.put("session", AttributeValue.fromS(version + " " + session.partitionKey()));
    }
  }

  private static void putStamp(
      Map<String, AttributeValue> next, @Nullable LockKey session, SentBefore sentBefore) {
    if (session == null) {
      next.put("sentBefore", AttributeValue.fromS(sentBefore.text()));
    }
  }

  private static void putData(Map<String, AttributeValue> next, @Nullable SdkBytes data) {
    if (data != null) {
      next.put("data", AttributeValue.fromB(data));
    }
  }

  private static boolean isReleasedLock(Map<String, AttributeValue> row) {
    return isText(row.get("isReleased"), "1")
        && isText(row.get("recordVersionNumber"))
        && hasTokenThatGrowsAndData(row);
  }

  private static boolean isLock(Map<String, AttributeValue> row) {
    return (isHeldBySomebody(row) && hasTokenThatGrowsAndData(row)) || isReleasedLock(row);
  }

  private static boolean isHeldBySomebody(Map<String, AttributeValue> row) {
    return !row.containsKey("isReleased")
        && isText(row.get("ownerName"))
        && isText(row.get("leaseDuration"));
  }

  private static boolean hasTokenThatGrowsAndData(Map<String, AttributeValue> row) {
    AttributeValue token = row.get("fencingToken");
    AttributeValue data = row.get("data");
    return (token == null || isToken(token)) && (data == null || data.b() != null);
  }

  private static boolean isText(@Nullable AttributeValue value) {
    return value != null && value.s() != null;
  }

  private static boolean isToken(@Nullable AttributeValue value, long token) {
    return value != null
        && value.n() != null
        && new BigDecimal(value.n()).compareTo(BigDecimal.valueOf(token)) == 0;
  }

  private static boolean isToken(AttributeValue value) {
    if (value.n() == null) {
      return false;
    }
    BigDecimal number = new BigDecimal(value.n());
    return number.signum() >= 0 && number.compareTo(TOKEN_LIMIT) < 0;
  }

  private static boolean isHeldBy(
      Map<String, AttributeValue> row, String ownerName, List<String> candidates) {
    AttributeValue version = row.get("recordVersionNumber");
    return version != null
        && version.s() != null
        && candidates.contains(version.s())
        && isText(row.get("ownerName"), ownerName)
        && !row.containsKey("isReleased");
  }

  private static boolean isText(@Nullable AttributeValue value, String text) {
    return value != null && text.equals(value.s());
  }

  private static @Nullable List<String> candidates(LockWrite write) {
    if (write instanceof LockWrite.Heartbeat heartbeat) {
      return heartbeat.candidates();
    } else if (write instanceof LockWrite.Release release) {
      return release.candidates();
    } else if (write instanceof LockWrite.KeepClosed close) {
      return close.candidates();
    } else if (write instanceof LockWrite.Handoff handoff) {
      return handoff.candidates();
    }
    return write instanceof LockWrite.Delete delete ? delete.candidates() : null;
  }

  /** Refuses an item that is too large, counted as DynamoDB documents it. */
  static void checkSize(Map<String, AttributeValue> row, int mostBytes) {
    long size = 0;
    for (Map.Entry<String, AttributeValue> entry : row.entrySet()) {
      size += utf8(entry.getKey()) + sizeOf(entry.getValue());
    }
    if (size > mostBytes) {
      throw invalid("Item size to update has exceeded the maximum allowed size of 400 KB");
    }
  }

  private static long sizeOf(AttributeValue value) {
    return switch (value.type()) {
      case S -> utf8(value.s());
      case N -> numberSize(value.n());
      case B -> value.b().asByteArrayUnsafe().length;
      case SS -> value.ss().stream().mapToLong(RowWrites::utf8).sum();
      case NS -> value.ns().stream().mapToLong(RowWrites::numberSize).sum();
      case BS -> value.bs().stream().mapToLong(b -> b.asByteArrayUnsafe().length).sum();
      case M ->
          3
              + value.m().entrySet().stream()
                  .mapToLong(e -> 1 + utf8(e.getKey()) + sizeOf(e.getValue()))
                  .sum();
      case L -> 3 + value.l().stream().mapToLong(v -> 1 + sizeOf(v)).sum();
      default -> 1;
    };
  }

  private static long numberSize(String number) {
    return new BigDecimal(number).stripTrailingZeros().precision() / 2 + 2L;
  }

  private static long utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static LockStoreException invalid(String problem) {
    return new LockStoreException(Kind.INVALID_REQUEST, false, problem, null);
  }
}
