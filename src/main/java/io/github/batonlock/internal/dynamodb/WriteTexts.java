package io.github.batonlock.internal.dynamodb;

import static io.github.batonlock.internal.store.LockAttributes.DATA;
import static io.github.batonlock.internal.store.LockAttributes.FENCING_TOKEN;
import static io.github.batonlock.internal.store.LockAttributes.IS_RELEASED;
import static io.github.batonlock.internal.store.LockAttributes.LEASE_DURATION;
import static io.github.batonlock.internal.store.LockAttributes.OWNER_NAME;
import static io.github.batonlock.internal.store.LockAttributes.RELEASE_REQUEST;
import static io.github.batonlock.internal.store.LockAttributes.SESSION;
import static io.github.batonlock.internal.store.LockAttributes.TTL;
import static io.github.batonlock.internal.store.LockAttributes.VERSION;

import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.LockWrite;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The expressions of the protocol's writes (section 3). Safe for use by many threads.
 *
 * <p>They depend only on the shape of a write, not on its values. There are few shapes, and the
 * expressions of each are made once. {@link WriteValues} fills in the same placeholders.
 */
final class WriteTexts {
  private final String partitionKeyName;
  private final BoundedCache<Shape, Texts> cache;

  WriteTexts(String partitionKeyName, int cachedCharacters) {
    this.partitionKeyName = partitionKeyName;
    this.cache = new BoundedCache<>(cachedCharacters, Texts::characters);
  }

  /**
   * The expressions of one shape.
   *
   * @param update null for a delete
   * @param condition the condition
   * @param names the attribute for each placeholder
   */
  record Texts(@Nullable String update, String condition, Map<String, String> names) {
    /** The length of all texts. Users' attributes may have many, and long, names. */
    int characters() {
      int texts = condition.length() + (update == null ? 0 : update.length());
      return texts
          + names.entrySet().stream()
              .mapToInt(name -> name.getKey().length() + name.getValue().length())
              .sum();
    }
  }

  /** The properties of a write that determine its expressions. */
  private record Shape(
      Class<?> kind,
      boolean flag,
      int candidates,
      boolean data,
      boolean session,
      int heard,
      List<String> attributes) {

    static Shape of(LockWrite write) {
      LockWrite.Grant grant = write.grant();
      if (grant != null) {
        return new Shape(
            write.getClass(),
            hasFlag(write),
            write instanceof LockWrite.Handoff handoff ? handoff.candidates().size() : 0,
            grant.data() != null,
            grant.session() != null,
            0,
            List.copyOf(grant.attributes().values().keySet()));
      } else if (write instanceof LockWrite.Heartbeat beat) {
        return new Shape(
            beat.getClass(),
            beat.asks(),
            beat.candidates().size(),
            beat.data() != null,
            beat.session() != null,
            beat.heard(),
            List.of());
      } else if (write instanceof LockWrite.Release release) {
        return held(release, release.candidates(), release.expiry() != null);
      } else if (write instanceof LockWrite.End end) {
        return held(end, List.of(), end.observedVersion() != null);
      } else if (write instanceof LockWrite.Ask || write instanceof LockWrite.Withdraw) {
        return held(write, List.of(), SessionKey.isSession(write.key()));
      }
      LockWrite.Delete delete = (LockWrite.Delete) write;
      return held(delete, delete.candidates(), false);
    }

    /** Whether its condition requires more than that of its kind. */
    private static boolean hasFlag(LockWrite granting) {
      return granting instanceof LockWrite.Acquire acquire
          ? acquire.onlyIfExists()
          : granting instanceof LockWrite.Handoff handoff && handoff.askedBy() != null;
    }

    private static Shape held(LockWrite write, List<String> candidates, boolean flag) {
      return new Shape(write.getClass(), flag, candidates.size(), false, false, 0, List.of());
    }
  }

  Texts of(LockWrite write) {
    return cache.of(Shape.of(write), this::make);
  }

  private Texts make(Shape shape) {
    Expression expression = new Expression();
    String condition = condition(expression, shape);
    if (shape.kind == LockWrite.Delete.class) {
      return new Texts(null, condition, expression.names());
    }
    update(expression, shape);
    return new Texts(expression.update(), condition, expression.names());
  }

  // Conditions

  private String condition(Expression expression, Shape shape) {
    if (shape.kind == LockWrite.Acquire.class) {
      String released = releasedLock(expression);
      return shape.flag ? released : isAbsent(expression) + " OR (" + released + ")";
    } else if (shape.kind == LockWrite.Takeover.class) {
      return String.join(
          " AND ",
          isObserved(expression),
          "((%s) OR (%s))".formatted(isReleased(expression), isHeld(expression)),
          growingTokenAndData(expression));
    } else if (shape.kind == LockWrite.Handoff.class) {
      String passedOn = held(expression, shape) + " AND " + growingTokenAndData(expression);
      return shape.flag ? passedOn + " AND " + isAsked(expression) : passedOn;
    } else if (shape.kind == LockWrite.Open.class) {
      return isAbsent(expression);
    } else if (shape.kind == LockWrite.End.class) {
      return shape.flag
          ? isObserved(expression) + " AND " + isHeld(expression)
          : isAbsent(expression);
    } else if (shape.kind == LockWrite.Ask.class) {
      return shape.flag ? isOpenSession(expression) : isOneHold(expression);
    } else if (shape.kind == LockWrite.Withdraw.class) {
      return isAsked(expression);
    }
    boolean updates = shape.kind == LockWrite.Heartbeat.class && shape.data;
    return updates
        ? held(expression, shape)
            + " AND "
            + expression.name(FENCING_TOKEN)
            + " = "
            + WriteValues.TOKEN
        : held(expression, shape);
  }

  private String isAbsent(Expression expression) {
    return "attribute_not_exists(" + expression.name(partitionKeyName) + ")";
  }

  private static String isObserved(Expression expression) {
    return expression.name(VERSION) + " = " + WriteValues.OBSERVED;
  }

  /** A released item that is a lock; {@link ItemCodec} decodes the same rows as released. */
  private static String releasedLock(Expression expression) {
    return String.join(
        " AND ",
        isReleased(expression),
        isText(expression, VERSION),
        growingTokenAndData(expression));
  }

  private static String isReleased(Expression expression) {
    return expression.name(IS_RELEASED) + " = " + WriteValues.RELEASED;
  }

  /**
   * A held lock, as far as a condition can check: it cannot check whether the lease is a valid one.
   */
  private static String isHeld(Expression expression) {
    return String.join(
        " AND ",
        "attribute_not_exists(" + expression.name(IS_RELEASED) + ")",
        isText(expression, OWNER_NAME),
        isText(expression, LEASE_DURATION));
  }

  private static String isText(Expression expression, String attribute) {
    return "attribute_type(" + expression.name(attribute) + ", " + WriteValues.STRING + ")";
  }

  private static String growingTokenAndData(Expression expression) {
    String token = expression.name(FENCING_TOKEN);
    String data = expression.name(DATA);
    return String.join(
        " AND ",
        "(attribute_not_exists(%s) OR (%s >= %s AND %s < %s))"
            .formatted(token, token, WriteValues.ZERO, token, WriteValues.TOKEN_LIMIT),
        "(attribute_not_exists(%s) OR attribute_type(%s, %s))"
            .formatted(data, data, WriteValues.BINARY));
  }

  private static String held(Expression expression, Shape shape) {
    return String.join(
        " AND ",
        expression.name(VERSION) + " IN " + WriteValues.candidates(shape.candidates),
        expression.name(OWNER_NAME) + " = " + WriteValues.HOLDER,
        "attribute_not_exists(" + expression.name(IS_RELEASED) + ")");
  }

  private static String isOpenSession(Expression expression) {
    String requests = expression.name(RELEASE_REQUEST);
    return String.join(
        " AND ",
        expression.name(OWNER_NAME) + " = " + WriteValues.HOLDER,
        "attribute_not_exists(" + expression.name(IS_RELEASED) + ")",
        "attribute_type(%s, %s)".formatted(requests, WriteValues.LIST),
        "size(%s) < %s".formatted(requests, WriteValues.MOST));
  }

  private static String isAsked(Expression expression) {
    return "%s.%s = %s"
        .formatted(
            expression.name(RELEASE_REQUEST),
            expression.name(AskedReleases.ID),
            WriteValues.REQUEST);
  }

  private static String isOneHold(Expression expression) {
    return String.join(
        " AND ",
        expression.name(FENCING_TOKEN) + " = " + WriteValues.TOKEN,
        expression.name(OWNER_NAME) + " = " + WriteValues.HOLDER,
        "attribute_not_exists(" + expression.name(IS_RELEASED) + ")");
  }

  // Updates

  private static void update(Expression expression, Shape shape) {
    if (shape.kind == LockWrite.Ask.class) {
      String requests = expression.name(RELEASE_REQUEST);
      expression.set(
          RELEASE_REQUEST,
          shape.flag
              ? "list_append(%s, %s)".formatted(requests, WriteValues.ASKED)
              : WriteValues.ASKED);
      return;
    } else if (shape.kind == LockWrite.Withdraw.class) {
      expression.set(RELEASE_REQUEST, WriteValues.NOBODY_ASKED);
      return;
    }
    expression.set(VERSION, WriteValues.VERSION).removeFirst(RELEASE_REQUEST, shape.heard);
    if (shape.data) {
      expression.set(DATA, WriteValues.DATA);
    }
    if (shape.session) {
      expression.set(SESSION, WriteValues.SESSION);
    }
    if (shape.kind == LockWrite.Release.class) {
      expression.set(IS_RELEASED, WriteValues.RELEASED).remove(RELEASE_REQUEST).remove(SESSION);
      if (shape.flag) {
        expression.set(TTL, WriteValues.TTL);
      } else {
        expression.remove(TTL);
      }
    } else if (shape.kind == LockWrite.End.class) {
      expression.set(IS_RELEASED, WriteValues.RELEASED).set(TTL, WriteValues.TTL);
      if (!shape.flag) {
        expression.set(OWNER_NAME, WriteValues.OWNER).set(LEASE_DURATION, WriteValues.LEASE);
      }
    } else if (shape.kind != LockWrite.Heartbeat.class) {
      grant(expression, shape);
    } else if (shape.flag) {
      // Keeps its value: the answer contains every attribute that a write sets.
      expression.set(
          RELEASE_REQUEST,
          "if_not_exists(%s, %s)"
              .formatted(expression.name(RELEASE_REQUEST), WriteValues.NOBODY_ASKED));
    }
  }

  private static void grant(Expression expression, Shape shape) {
    expression.set(OWNER_NAME, WriteValues.OWNER).set(LEASE_DURATION, WriteValues.LEASE);
    expression.set(
        FENCING_TOKEN,
        "if_not_exists(%s, %s) + %s"
            .formatted(expression.name(FENCING_TOKEN), WriteValues.SEED, WriteValues.ONE));
    for (int i = 0; i < shape.attributes.size(); i++) {
      expression.set(shape.attributes.get(i), WriteValues.attribute(i));
    }
    expression.remove(IS_RELEASED).remove(TTL);
    if (shape.session) {
      expression.remove(RELEASE_REQUEST);
    } else {
      expression.set(RELEASE_REQUEST, WriteValues.NOBODY_ASKED).remove(SESSION);
    }
  }
}
