package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.Attributes.DATA;
import static io.github.batonlock.internal.store.Attributes.FENCING_TOKEN;
import static io.github.batonlock.internal.store.Attributes.GROWING_TOKEN_LIMIT;
import static io.github.batonlock.internal.store.Attributes.IS_RELEASED;
import static io.github.batonlock.internal.store.Attributes.LEASE_DURATION;
import static io.github.batonlock.internal.store.Attributes.OWNER_NAME;
import static io.github.batonlock.internal.store.Attributes.RELEASED;
import static io.github.batonlock.internal.store.Attributes.SESSION;
import static io.github.batonlock.internal.store.Attributes.TTL;
import static io.github.batonlock.internal.store.Attributes.VERSION;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.SessionKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * The protocol's writes as requests to DynamoDB (section 3), still without timeouts.
 *
 * <p>Updates ask for the whole new item, which costs no capacity: the token is decided by the
 * table, and data and the user's attributes may be another holder's.
 *
 * @param tableName the table
 * @param codec its key attributes
 */
record WriteRequests(String tableName, ItemCodec codec) {

  UpdateItemRequest.Builder acquire(LockWrite.Acquire write) {
    Expression expression = grant(write.grant());
    String released = releasedLock(expression);
    String condition =
        write.onlyIfExists() ? released : isAbsent(expression) + " OR (" + released + ")";
    return update(write, expression, condition).returnValues(ReturnValue.ALL_NEW);
  }

  UpdateItemRequest.Builder takeover(LockWrite.Takeover write) {
    Expression expression = grant(write.grant());
    String condition =
        String.join(
            " AND ",
            expression.name(VERSION) + " = " + expression.value(write.observedVersion()),
            "((%s) OR (%s))".formatted(isReleased(expression), heldBySomebody(expression)),
            growingTokenAndData(expression));
    return update(write, expression, condition).returnValues(ReturnValue.ALL_NEW);
  }

  UpdateItemRequest.Builder handoff(LockWrite.Handoff write) {
    Expression expression = grant(write.grant());
    String condition =
        String.join(
            " AND ",
            held(expression, write.ownerName(), write.candidates()),
            growingTokenAndData(expression));
    return update(write, expression, condition).returnValues(ReturnValue.ALL_NEW);
  }

  UpdateItemRequest.Builder open(LockWrite.Open write) {
    Expression expression = grant(write.grant());
    return update(write, expression, isAbsent(expression)).returnValues(ReturnValue.ALL_NEW);
  }

  UpdateItemRequest.Builder end(LockWrite.End write) {
    Expression expression = new Expression();
    expression.set(VERSION, expression.value(write.version()));
    expression.set(IS_RELEASED, expression.value(RELEASED));
    expression.set(TTL, expression.value(write.expiry().getEpochSecond()));
    String observed = write.observedVersion();
    if (observed == null) {
      expression.set(OWNER_NAME, expression.value(write.ownerName()));
      expression.set(LEASE_DURATION, expression.value(LeaseText.format(write.leaseDuration())));
      return update(write, expression, isAbsent(expression));
    }
    String condition =
        String.join(
            " AND ",
            expression.name(VERSION) + " = " + expression.value(observed),
            heldBySomebody(expression));
    return update(write, expression, condition);
  }

  private String isAbsent(Expression expression) {
    return "attribute_not_exists(" + expression.name(codec.partitionKeyName()) + ")";
  }

  UpdateItemRequest.Builder heartbeat(LockWrite.Heartbeat write) {
    Expression expression = new Expression();
    expression.set(VERSION, expression.value(write.version()));
    setSession(expression, write.session(), write.version());
    setData(expression, write.data());
    return update(write, expression, held(expression, write.ownerName(), write.candidates()));
  }

  UpdateItemRequest.Builder release(LockWrite.Release write) {
    Expression expression = new Expression();
    expression.set(VERSION, expression.value(write.version()));
    expression.set(IS_RELEASED, expression.value(RELEASED));
    if (write.expiry() == null) {
      expression.remove(TTL);
    } else {
      expression.set(TTL, expression.value(write.expiry().getEpochSecond()));
    }
    return update(write, expression, held(expression, write.ownerName(), write.candidates()));
  }

  DeleteItemRequest.Builder delete(LockWrite.Delete write) {
    Expression expression = new Expression();
    String condition = held(expression, write.ownerName(), write.candidates());
    return DeleteItemRequest.builder()
        .tableName(tableName)
        .key(codec.keyOf(write.key()))
        .conditionExpression(condition)
        .expressionAttributeNames(expression.names())
        .expressionAttributeValues(expression.values())
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD);
  }

  private UpdateItemRequest.Builder update(
      LockWrite write, Expression expression, String condition) {
    return UpdateItemRequest.builder()
        .tableName(tableName)
        .key(codec.keyOf(write.key()))
        .updateExpression(expression.update())
        .conditionExpression(condition)
        .expressionAttributeNames(expression.names())
        .expressionAttributeValues(expression.values())
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD);
  }

  private static Expression grant(LockWrite.Grant grant) {
    Expression expression = new Expression();
    expression.set(OWNER_NAME, expression.value(grant.ownerName()));
    expression.set(LEASE_DURATION, expression.value(LeaseText.format(grant.leaseDuration())));
    expression.set(VERSION, expression.value(grant.version()));
    expression.set(
        FENCING_TOKEN,
        "if_not_exists(%s, %s) + %s"
            .formatted(
                expression.name(FENCING_TOKEN),
                expression.value(grant.tokenSeed()),
                expression.value(1)));
    setData(expression, grant.data());
    grant
        .attributes()
        .values()
        .forEach((attribute, value) -> expression.set(attribute, expression.value(value)));
    expression.remove(IS_RELEASED).remove(TTL);
    if (grant.session() == null) {
      return expression.remove(SESSION);
    }
    setSession(expression, grant.session(), grant.version());
    return expression;
  }

  private static void setSession(Expression expression, @Nullable LockKey session, String version) {
    if (session != null) {
      expression.set(SESSION, expression.value(SessionKey.text(session, version)));
    }
  }

  private static void setData(Expression expression, @Nullable SdkBytes data) {
    if (data != null) {
      expression.set(DATA, expression.value(AttributeValue.fromB(data)));
    }
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
    return expression.name(IS_RELEASED) + " = " + expression.value(RELEASED);
  }

  /** As far as a condition can tell: whether the lease is one, it cannot. */
  private static String heldBySomebody(Expression expression) {
    return String.join(
        " AND ",
        "attribute_not_exists(" + expression.name(IS_RELEASED) + ")",
        isText(expression, OWNER_NAME),
        isText(expression, LEASE_DURATION));
  }

  private static String isText(Expression expression, String attribute) {
    return "attribute_type(" + expression.name(attribute) + ", " + expression.value("S") + ")";
  }

  private static String growingTokenAndData(Expression expression) {
    String token = expression.name(FENCING_TOKEN);
    String data = expression.name(DATA);
    return String.join(
        " AND ",
        "(attribute_not_exists(%s) OR (%s >= %s AND %s < %s))"
            .formatted(
                token, token, expression.value(0), token, expression.value(GROWING_TOKEN_LIMIT)),
        "(attribute_not_exists(%s) OR attribute_type(%s, %s))"
            .formatted(data, data, expression.value("B")));
  }

  private static String held(Expression expression, String ownerName, List<String> candidates) {
    return String.join(
        " AND ",
        expression.name(VERSION) + " IN " + expression.values(candidates),
        expression.name(OWNER_NAME) + " = " + expression.value(ownerName),
        "attribute_not_exists(" + expression.name(IS_RELEASED) + ")");
  }
}
