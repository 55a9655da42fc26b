package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.LockKey;
import org.jspecify.annotations.Nullable;

/**
 * The subject of a request, for the message of its failure.
 *
 * @param call the call of DynamoDB
 * @param tableName the table
 * @param key the lock; null for a call about the whole table
 */
record CallContext(Call call, String tableName, @Nullable LockKey key) {

  /** A call of DynamoDB. */
  enum Call {
    UPDATE_ITEM("UpdateItem", true),
    DELETE_ITEM("DeleteItem", true),
    GET_ITEM("GetItem", false),
    TRANSACT_WRITE_ITEMS("TransactWriteItems", "UpdateItem", true),
    TRANSACT_GET_ITEMS("TransactGetItems", "GetItem", false),
    SCAN("Scan", false),
    DESCRIBE_TABLE("DescribeTable", false),
    CREATE_TABLE("CreateTable", true);

    private final String operation;
    private final String action;
    private final boolean writes;

    Call(String operation, boolean writes) {
      this(operation, operation, writes);
    }

    Call(String operation, String action, boolean writes) {
      this.operation = operation;
      this.action = action;
      this.writes = writes;
    }

    /** DynamoDB's name of the call. */
    String operation() {
      return operation;
    }

    /** IAM's name of the action to allow: for a transaction, the action in it. */
    String action() {
      return action;
    }

    boolean writes() {
      return writes;
    }
  }

  /** The subject of a sentence: {@code UpdateItem of lock 'a' in table 'locks'}. */
  String describe() {
    return key == null
        ? call.operation() + " of table '" + tableName + "'"
        : call.operation() + " of lock '" + key + "' in table '" + tableName + "'";
  }
}
