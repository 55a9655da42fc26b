package io.github.batonlock.internal.store;

import org.jspecify.annotations.Nullable;

/** Makes and checks the lock table. */
@SuppressWarnings("DoNotCallSuggester")
public final class TableSetup {

  /**
   * For one table.
   *
   * @param calls how to reach DynamoDB
   * @param tableName the table
   * @param partitionKeyName its partition key attribute
   * @param sortKeyName its sort key attribute; null for none
   */
  public TableSetup(
      DynamoCalls calls, String tableName, String partitionKeyName, @Nullable String sortKeyName) {}

  /** See {@link io.github.batonlock.LockTable#createIfMissing}. */
  public void createIfMissing() {
    throw new UnsupportedOperationException();
  }

  /** See {@link io.github.batonlock.LockTable#verify}. */
  public void verify() {
    throw new UnsupportedOperationException();
  }
}
