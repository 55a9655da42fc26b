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
 * A stamp that protects writes to the user's own DynamoDB items: each item stores, in an attribute,
 * the highest fencing token that has written it, and DynamoDB refuses writes with lower tokens.
 *
 * <p><b>The stamp orders the writes to one item, and nothing more.</b> An item refuses a former
 * holder only after a later holder has written that item; {@link HeldLock#guard()} refuses a former
 * holder from the moment when the lock moves on. On the other hand, a stamp needs no transaction
 * and no lock item. It therefore also works in another process than the holder's, in another
 * Region, and on tables with strong consistency across Regions. Every writer of the item has to
 * stamp its writes.
 *
 * <p>A stamped write adds one condition to the write's own: the item has no fence, or a fence up to
 * the token. Equal tokens pass, since they belong to the same holder. Writes that store something
 * set the fence to the token. A refused write fails like any write with a failed condition: with
 * {@code ConditionalCheckFailedException}, in a transaction with reason {@code
 * ConditionalCheckFailed}. A fence that is not a number refuses every write.
 *
 * <p><b>A deleted item forgets its fence</b>, and then accepts any token again. If late writers
 * must be refused after a deletion too, do not delete the item: update it to say that it is
 * deleted.
 *
 * <p>The request's expressions are kept; the stamp only adds to them. If an expression sets the
 * fence attribute itself, DynamoDB refuses the write. Requests with the parameters from before
 * expressions ({@code expected}, {@code conditionalOperator}, {@code attributeUpdates}) cannot be
 * stamped.
 *
 * <p>Immutable; requests are copied, not changed.
 *
 * <pre>{@code
 * dynamoDb.putItem(Fencing.by(lock).stamp(request));
 * }</pre>
 */
public final class Fencing {
  /** The attribute that stores the fence unless the caller names another: {@code fence}. */
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
   * Returns a stamp with the token of a lock, in the attribute {@link #DEFAULT_ATTRIBUTE}.
   *
   * @param lock held or not: DynamoDB detects a token that a later one has replaced
   * @return the stamp
   */
  public static Fencing by(HeldLock lock) {
    return by(lock.fencingToken(), DEFAULT_ATTRIBUTE);
  }

  /**
   * Returns a stamp with a token, which may have come from another process, in the attribute {@link
   * #DEFAULT_ATTRIBUTE}. For the holds of recipes: the token of a writer, a turn or a term orders
   * the writes that it stamps. The tokens of a permit or of a reader order nothing but the holders
   * of one permit: do not stamp with them.
   *
   * @param fencingToken not negative
   * @return the stamp
   */
  public static Fencing by(long fencingToken) {
    return by(fencingToken, DEFAULT_ATTRIBUTE);
  }

  /**
   * Returns a stamp with a token, which may have come from another process.
   *
   * @param fencingToken not negative
   * @param attribute the attribute of the stamped items that stores the fence: the same for all
   *     writers of an item, not a key attribute, and used for nothing else. Items that are written
   *     under several locks have one attribute for each lock
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
   * @throws IllegalArgumentException if the request has the parameters from before expressions, or
   *     the item has a fence that is not a number
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
   * @throws IllegalArgumentException if the item has a fence that is not a number
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
   * Stamps an UpdateItem; the update also sets the fence.
   *
   * @param request the write
   * @return the stamped write
   * @throws IllegalArgumentException if the request has the parameters from before expressions, or
   *     the fence attribute is one of the item's keys
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
   * Stamps an Update of a transaction; the update also sets the fence.
   *
   * @param update the write
   * @return the stamped write
   * @throws IllegalArgumentException if the fence attribute is one of the item's keys
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
   * Stamps a DeleteItem: DynamoDB refuses it if a later holder has written the item. The fence is
   * deleted with the item.
   *
   * @param request the write
   * @return the stamped write
   * @throws IllegalArgumentException if the request has the parameters from before expressions, or
   *     the fence attribute is one of the item's keys
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
   * Stamps a Delete of a transaction: DynamoDB refuses it if a later holder has written the item.
   * The fence is deleted with the item.
   *
   * @param delete the write
   * @return the stamped write
   * @throws IllegalArgumentException if the fence attribute is one of the item's keys
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

  /** The additions to one request, under placeholders that the request does not use. */
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

    /** Adds the fence to the existing SET clause: an expression has each clause at most once. */
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
