package io.github.batonlock.internal.dynamodb;

import static io.github.batonlock.internal.store.LockAttributes.DATA;
import static io.github.batonlock.internal.store.LockAttributes.FENCING_TOKEN;
import static io.github.batonlock.internal.store.LockAttributes.IS_RELEASED;
import static io.github.batonlock.internal.store.LockAttributes.LEASE_DURATION;
import static io.github.batonlock.internal.store.LockAttributes.OWNER_NAME;
import static io.github.batonlock.internal.store.LockAttributes.RELEASE_REQUEST;
import static io.github.batonlock.internal.store.LockAttributes.SENT_BEFORE;
import static io.github.batonlock.internal.store.LockAttributes.VERSION;

import io.github.batonlock.internal.dynamodb.WriteTexts.Clause;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.UserAttributes;
import io.github.batonlock.internal.store.WriteClauses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One write in DynamoDB's terms, rendered in one pass: the clauses of its expressions, and the
 * values for their placeholders.
 *
 * <p>Each method adds a clause with exactly the values that its text uses, since DynamoDB refuses
 * values that are not used. {@link WriteTexts} makes the texts.
 */
final class RenderedWrite implements WriteClauses {
  private static final AttributeValue NUMBER_ONE = AttributeValue.fromN("1");
  private static final AttributeValue NUMBER_ZERO = AttributeValue.fromN("0");
  private static final AttributeValue TYPE_STRING = AttributeValue.fromS("S");
  private static final AttributeValue TYPE_BINARY = AttributeValue.fromS("B");
  private static final AttributeValue TYPE_LIST = AttributeValue.fromS("L");
  private static final AttributeValue RELEASED = text(LockAttributes.RELEASED);
  private static final AttributeValue TOKEN_LIMIT = number(LockAttributes.GROWING_TOKEN_LIMIT);

  private final String partitionKeyName;
  private final List<Clause> clauses;
  private final Map<String, AttributeValue> values;

  private RenderedWrite(String partitionKeyName, int size) {
    this.partitionKeyName = partitionKeyName;
    this.clauses = new ArrayList<>(size);
    this.values = new HashMap<>(size);
  }

  static RenderedWrite of(LockWrite write, String partitionKeyName) {
    // Grants have about twice as many clauses and values as other writes.
    RenderedWrite rendered = new RenderedWrite(partitionKeyName, write.isGrant() ? 16 : 8);
    write.describe(rendered);
    return rendered;
  }

  List<Clause> clauses() {
    return clauses;
  }

  Map<String, AttributeValue> values() {
    return values;
  }

  private void add(Clause clause, String placeholder, AttributeValue value) {
    clauses.add(clause);
    values.put(placeholder, value);
  }

  private static Clause condition(String format, String... attributes) {
    return to -> to.require(format, attributes);
  }

  private static Clause change(String attribute, String format) {
    return to -> to.set(attribute, format.formatted(to.name(attribute)));
  }

  // Conditions

  private record Absent(String partitionKeyName, boolean isAlternative) implements Clause {
    @Override
    public void render(Expression to) {
      String absent = "attribute_not_exists(%s)";
      if (isAlternative) {
        to.orElse(absent, partitionKeyName);
      } else {
        to.require(absent, partitionKeyName);
      }
    }
  }

  @Override
  public void isAbsent() {
    clauses.add(new Absent(partitionKeyName, false));
  }

  @Override
  public void orAbsent() {
    clauses.add(new Absent(partitionKeyName, true));
  }

  private static final Clause RELEASED_WITH_VERSION =
      condition("%s = :released AND attribute_type(%s, :string)", IS_RELEASED, VERSION);

  /** {@link ItemCodec} decodes the rows that pass this and {@link #canBeGranted} as released. */
  @Override
  public void isReleased() {
    clauses.add(RELEASED_WITH_VERSION);
    values.put(":released", RELEASED);
    values.put(":string", TYPE_STRING);
  }

  private static final String HELD =
      "attribute_not_exists(%1$s) AND attribute_type(%2$s, :string)"
          + " AND attribute_type(%3$s, :string)";
  private static final Clause HELD_BY_ANY_CLIENT =
      condition(HELD, IS_RELEASED, OWNER_NAME, LEASE_DURATION);
  private static final Clause RELEASED_OR_HELD =
      condition("((%1$s = :released) OR (" + HELD + "))", IS_RELEASED, OWNER_NAME, LEASE_DURATION);

  @Override
  public void isHeld() {
    add(HELD_BY_ANY_CLIENT, ":string", TYPE_STRING);
  }

  @Override
  public void isReleasedOrHeld() {
    clauses.add(RELEASED_OR_HELD);
    values.put(":released", RELEASED);
    values.put(":string", TYPE_STRING);
  }

  private static final Clause GROWING_TOKEN_AND_DATA =
      condition(
          "(attribute_not_exists(%1$s) OR (%1$s >= :zero AND %1$s < :limit))"
              + " AND (attribute_not_exists(%2$s) OR attribute_type(%2$s, :binary))",
          FENCING_TOKEN, DATA);

  @Override
  public void canBeGranted() {
    clauses.add(GROWING_TOKEN_AND_DATA);
    values.put(":zero", NUMBER_ZERO);
    values.put(":limit", TOKEN_LIMIT);
    values.put(":binary", TYPE_BINARY);
  }

  private static final Clause HELD_BY_ONE =
      condition("%s = :holder AND attribute_not_exists(%s)", OWNER_NAME, IS_RELEASED);

  @Override
  public void isHeldBy(String ownerName) {
    add(HELD_BY_ONE, ":holder", text(ownerName));
  }

  private static final Clause OBSERVED = condition("%s = :observed", VERSION);

  @Override
  public void versionIs(String version) {
    add(OBSERVED, ":observed", text(version));
  }

  private record OneOf(int versions) implements Clause {
    static final OneOf ONE = new OneOf(1);

    @Override
    public void render(Expression to) {
      String all =
          IntStream.range(0, versions)
              .mapToObj(OneOf::placeholder)
              .collect(Collectors.joining(", "));
      to.require("%s IN (" + all + ")", VERSION);
    }

    /** Mostly there is one version only. */
    static String placeholder(int number) {
      return number == 0 ? ":c0" : ":c" + number;
    }
  }

  @Override
  public void versionIsOneOf(List<String> versions) {
    clauses.add(versions.size() == 1 ? OneOf.ONE : new OneOf(versions.size()));
    for (int i = 0; i < versions.size(); i++) {
      values.put(OneOf.placeholder(i), text(versions.get(i)));
    }
  }

  private static final Clause TOKEN = condition("%s = :token", FENCING_TOKEN);

  @Override
  public void tokenIs(long token) {
    add(TOKEN, ":token", number(token));
  }

  private static final Clause REQUEST =
      condition("%s.%s = :request", RELEASE_REQUEST, AskedReleases.ID);

  @Override
  public void requestIs(String id) {
    add(REQUEST, ":request", text(id));
  }

  private static final Clause FEWER_REQUESTS =
      condition("attribute_type(%1$s, :list) AND size(%1$s) < :most", RELEASE_REQUEST);

  @Override
  public void requestsAreFewerThan(int most) {
    clauses.add(FEWER_REQUESTS);
    values.put(":list", TYPE_LIST);
    values.put(":most", number(most));
  }

  private static final Clause NO_STATEMENT = condition("attribute_not_exists(%s)", SENT_BEFORE);
  private static final Clause STATEMENT = condition("%s = :known", SENT_BEFORE);

  @Override
  public void sentBeforeIs(@Nullable SentBefore known) {
    if (known == null) {
      clauses.add(NO_STATEMENT);
    } else {
      add(STATEMENT, ":known", text(known.text()));
    }
  }

  // Changes of one attribute

  private record Setting(String attribute, String placeholder) implements Clause {
    static Setting of(String attribute) {
      return new Setting(
          attribute,
          switch (attribute) {
            case VERSION -> ":version";
            case OWNER_NAME -> ":owner";
            case LEASE_DURATION -> ":lease";
            case IS_RELEASED -> ":released";
            default -> ":" + attribute;
          });
    }

    @Override
    public void render(Expression to) {
      to.set(attribute, placeholder);
    }
  }

  private record Removal(String attribute) implements Clause {
    @Override
    public void render(Expression to) {
      to.remove(attribute);
    }
  }

  private static final Map<String, Setting> SETTINGS = ofEach(Setting::of);
  private static final Map<String, Removal> REMOVALS = ofEach(Removal::new);

  private static <C> Map<String, C> ofEach(Function<String, C> clause) {
    return LockAttributes.RESERVED.stream()
        .collect(Collectors.toUnmodifiableMap(Function.identity(), clause));
  }

  private void set(String attribute, AttributeValue value) {
    Setting setting = Objects.requireNonNull(SETTINGS.get(attribute));
    add(setting, setting.placeholder(), value);
  }

  @Override
  public void set(String attribute, String text) {
    set(attribute, text(text));
  }

  @Override
  public void set(String attribute, long number) {
    set(attribute, number(number));
  }

  @Override
  public void set(String attribute, Duration lease) {
    set(attribute, text(LeaseText.format(lease)));
  }

  @Override
  public void set(String attribute, SdkBytes bytes) {
    set(attribute, AttributeValue.fromB(bytes));
  }

  @Override
  public void remove(String attribute) {
    clauses.add(Objects.requireNonNull(REMOVALS.get(attribute)));
  }

  @Override
  public void setAll(UserAttributes attributes) {
    int number = 0;
    for (Map.Entry<String, AttributeValue> attribute : attributes.values().entrySet()) {
      String placeholder = ":a" + number++;
      add(new Setting(attribute.getKey(), placeholder), placeholder, attribute.getValue());
    }
  }

  private static final Clause GROWN_TOKEN =
      change(FENCING_TOKEN, "if_not_exists(%s, :seed) + :one");

  @Override
  public void growToken(long seed) {
    clauses.add(GROWN_TOKEN);
    values.put(":seed", number(seed));
    values.put(":one", NUMBER_ONE);
  }

  // Release requests

  private static final Clause REQUESTED = new Setting(RELEASE_REQUEST, ":asked");
  private static final Clause NOT_REQUESTED = new Setting(RELEASE_REQUEST, ":nobody");

  @Override
  public void setRequest(AskedRelease request) {
    add(REQUESTED, ":asked", AskedReleases.valueOf(request));
  }

  @Override
  public void setNoRequest() {
    add(NOT_REQUESTED, ":nobody", AskedReleases.NONE);
  }

  @Override
  public void setNoRequests() {
    add(NOT_REQUESTED, ":nobody", AskedReleases.EMPTY);
  }

  private static final Clause KEPT = change(RELEASE_REQUEST, "if_not_exists(%s, :nobody)");

  @Override
  public void keepRequest() {
    add(KEPT, ":nobody", AskedReleases.NONE);
  }

  private static final Clause APPENDED = change(RELEASE_REQUEST, "list_append(%s, :asked)");

  @Override
  public void addRequest(AskedRelease request) {
    add(APPENDED, ":asked", AttributeValue.fromL(List.of(AskedReleases.valueOf(request))));
  }

  private record HeadRemoval(int requests) implements Clause {
    @Override
    public void render(Expression to) {
      to.removeFirst(RELEASE_REQUEST, requests);
    }
  }

  @Override
  public void removeRequests(int number) {
    if (number > 0) {
      clauses.add(new HeadRemoval(number));
    }
  }

  // Values

  private static AttributeValue text(String text) {
    return AttributeValue.fromS(text);
  }

  private static AttributeValue number(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }
}
