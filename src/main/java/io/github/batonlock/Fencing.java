package io.github.batonlock;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * A stamp for writes to the user's own items in DynamoDB: each item keeps, in an attribute of its
 * own, the highest fencing token that has written it, and DynamoDB refuses writes with lower ones.
 *
 * <p><b>It orders the writes to one item, no more.</b> A former holder is refused by an item only
 * once a later holder has written that item; {@link HeldLock#guard()} refuses him from the moment
 * when the lock moves on. A stamp in turn needs no transaction and no lock item, so that it also
 * works in another process than the holder's, in another Region, and on tables with strong
 * consistency across Regions. Every writer of the item has to stamp.
 *
 * <p>A stamped write asks that the item has no fence or one up to the token, besides what its
 * condition asked before; equal tokens pass, since they are the same holder's. Writes that put
 * something in place set the fence to the token. A refused write fails like any whose condition
 * fails: {@code ConditionalCheckFailedException}, in a transaction reason {@code
 * ConditionalCheckFailed}. A fence that is no number refuses every write.
 *
 * <p><b>A deleted item forgets its fence</b>, and then takes any token again. Where late writers
 * are to be refused after a deletion, too, update the item to say that it is deleted.
 *
 * <p>Expressions stay as they are but for what is added. Where they set the fence attribute
 * themselves, DynamoDB refuses the write. Requests with the parameters from before expressions
 * ({@code expected}, {@code conditionalOperator}, {@code attributeUpdates}) cannot be stamped.
 *
 * <p>Immutable; requests are copied, not changed.
 *
 * <pre>{@code
 * dynamoDb.putItem(Fencing.by(lock).stamp(request));
 * }</pre>
 */
public final class Fencing {
  /** The attribute that keeps the fence unless another is named: {@code fence}. */
  public static final String DEFAULT_ATTRIBUTE = "fence";

  private static final String PLACEHOLDER = "batonFence";
  private static final Pattern SET =
      Pattern.compile("(?<![\\w#:.])SET(?!\\w)", Pattern.CASE_INSENSITIVE);

  private final long token;
  private final String attribute;

  private Fencing(long token, String attribute) {
    if (token < 0) {
      throw new IllegalArgumentException(
          "A fencing token is not negative, but this is "
              + token
              + "; use HeldLock.fencingToken()");
    }
    if (attribute.isEmpty()) {
      throw new IllegalArgumentException("The fence attribute needs a name");
    }
    this.token = token;
    this.attribute = attribute;
  }

  /**
   * Stamps with the token of a lock, in the attribute {@link #DEFAULT_ATTRIBUTE}.
   *
   * @param lock held or not: a token that has been superseded is found out by DynamoDB
   * @return the stamp
   */
  public static Fencing by(HeldLock lock) {
    return by(lock.fencingToken(), DEFAULT_ATTRIBUTE);
  }

  /**
   * Stamps with a token, which may have come from another process.
   *
   * @param fencingToken not negative
   * @param attribute which attribute of the stamped items keeps the fence: the same for all writers
   *     of an item, not a key attribute, and used by nothing else. Items written under several
   *     locks have one for each
   * @return the stamp
   */
  public static Fencing by(long fencingToken, String attribute) {
    return new Fencing(fencingToken, Objects.requireNonNull(attribute, "attribute"));
  }

  /**
   * Stamps a PutItem; the fence becomes part of the item.
   *
   * @param request the write
   * @return the stamped write
   * @throws IllegalArgumentException if it has the parameters from before expressions, or the item
   *     something other than a number as its fence
   */
  public PutItemRequest stamp(PutItemRequest request) {
    checkLegacy(request.hasExpected() || request.conditionalOperator() != null);
    Addition addition =
        new Addition(request.expressionAttributeNames(), request.expressionAttributeValues());
    return request.toBuilder()
        .item(fenced(request.item()))
        .conditionExpression(addition.condition(request.conditionExpression()))
        .expressionAttributeNames(addition.names)
        .expressionAttributeValues(addition.values)
        .build();
  }

  /**
   * Stamps a Put of a transaction; the fence becomes part of the item.
   *
   * @param put the write
   * @return the stamped write
   * @throws IllegalArgumentException if the item has something other than a number as its fence
   */
  public Put stamp(Put put) {
    Addition addition =
        new Addition(put.expressionAttributeNames(), put.expressionAttributeValues());
    return put.toBuilder()
        .item(fenced(put.item()))
        .conditionExpression(addition.condition(put.conditionExpression()))
        .expressionAttributeNames(addition.names)
        .expressionAttributeValues(addition.values)
        .build();
  }

  /**
   * Stamps an UpdateItem, which sets the fence, too.
   *
   * @param request the write
   * @return the stamped write
   * @throws IllegalArgumentException if it has the parameters from before expressions, or the fence
   *     is one of the item's keys
   */
  public UpdateItemRequest stamp(UpdateItemRequest request) {
    checkLegacy(
        request.hasExpected()
            || request.hasAttributeUpdates()
            || request.conditionalOperator() != null);
    checkKeys(request.key());
    Addition addition =
        new Addition(request.expressionAttributeNames(), request.expressionAttributeValues());
    return request.toBuilder()
        .updateExpression(addition.update(request.updateExpression()))
        .conditionExpression(addition.condition(request.conditionExpression()))
        .expressionAttributeNames(addition.names)
        .expressionAttributeValues(addition.values)
        .build();
  }

  /**
   * Stamps an Update of a transaction, which sets the fence, too.
   *
   * @param update the write
   * @return the stamped write
   * @throws IllegalArgumentException if the fence is one of the item's keys
   */
  public Update stamp(Update update) {
    checkKeys(update.key());
    Addition addition =
        new Addition(update.expressionAttributeNames(), update.expressionAttributeValues());
    return update.toBuilder()
        .updateExpression(addition.update(update.updateExpression()))
        .conditionExpression(addition.condition(update.conditionExpression()))
        .expressionAttributeNames(addition.names)
        .expressionAttributeValues(addition.values)
        .build();
  }

  /**
   * Stamps a DeleteItem: refused if a later holder has written the item. The fence goes with it.
   *
   * @param request the write
   * @return the stamped write
   * @throws IllegalArgumentException if it has the parameters from before expressions, or the fence
   *     is one of the item's keys
   */
  public DeleteItemRequest stamp(DeleteItemRequest request) {
    checkLegacy(request.hasExpected() || request.conditionalOperator() != null);
    checkKeys(request.key());
    Addition addition =
        new Addition(request.expressionAttributeNames(), request.expressionAttributeValues());
    return request.toBuilder()
        .conditionExpression(addition.condition(request.conditionExpression()))
        .expressionAttributeNames(addition.names)
        .expressionAttributeValues(addition.values)
        .build();
  }

  /**
   * Stamps a Delete of a transaction: refused if a later holder has written the item. The fence
   * goes with it.
   *
   * @param delete the write
   * @return the stamped write
   * @throws IllegalArgumentException if the fence is one of the item's keys
   */
  public Delete stamp(Delete delete) {
    checkKeys(delete.key());
    Addition addition =
        new Addition(delete.expressionAttributeNames(), delete.expressionAttributeValues());
    return delete.toBuilder()
        .conditionExpression(addition.condition(delete.conditionExpression()))
        .expressionAttributeNames(addition.names)
        .expressionAttributeValues(addition.values)
        .build();
  }

  private Map<String, AttributeValue> fenced(Map<String, AttributeValue> item) {
    AttributeValue before = item.get(attribute);
    if (before != null && before.n() == null) {
      throw new IllegalArgumentException(
          "Attribute '"
              + attribute
              + "' of the item is not a number, so it is not the fence; name another attribute");
    }
    Map<String, AttributeValue> fenced = new HashMap<>(item);
    fenced.put(attribute, tokenValue());
    return fenced;
  }

  private void checkKeys(Map<String, AttributeValue> key) {
    if (key.containsKey(attribute)) {
      throw new IllegalArgumentException(
          "Attribute '" + attribute + "' is a key of the item; name another one for the fence");
    }
  }

  private static void checkLegacy(boolean isLegacy) {
    if (isLegacy) {
      throw new IllegalArgumentException(
          "The request uses expected, conditionalOperator or attributeUpdates, which DynamoDB does"
              + " not take together with expressions; write it with expressions");
    }
  }

  private AttributeValue tokenValue() {
    return AttributeValue.fromN(Long.toString(token));
  }

  @Override
  public String toString() {
    return "Fencing(" + attribute + " <= " + token + ")";
  }

  /** What is added to one request, under placeholders that it does not have. */
  private final class Addition {
    private final Map<String, String> names;
    private final Map<String, AttributeValue> values;
    private final String fence;
    private final String number;

    Addition(Map<String, String> names, Map<String, AttributeValue> values) {
      this.names = new HashMap<>(names);
      this.values = new HashMap<>(values);
      String placeholder = PLACEHOLDER;
      int suffix = 1;
      while (names.containsKey("#" + placeholder) || values.containsKey(":" + placeholder)) {
        placeholder = PLACEHOLDER + ++suffix;
      }
      this.fence = "#" + placeholder;
      this.number = ":" + placeholder;
      this.names.put(fence, attribute);
      this.values.put(number, tokenValue());
    }

    String condition(@Nullable String before) {
      String notFenced = "attribute_not_exists(" + fence + ") OR " + fence + " <= " + number;
      return before == null || before.isBlank()
          ? notFenced
          : "(" + before + ") AND (" + notFenced + ")";
    }

    /** An expression has each clause once: the fence goes into the SET that is there. */
    String update(@Nullable String before) {
      String setting = "SET " + fence + " = " + number;
      if (before == null || before.isBlank()) {
        return setting;
      }
      Matcher set = SET.matcher(before);
      return set.find()
          ? before.substring(0, set.start()) + setting + "," + before.substring(set.end())
          : setting + " " + before;
    }
  }
}
