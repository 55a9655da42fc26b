package io.github.batonlock.internal.store;

import io.github.batonlock.internal.dynamodb.DynamoCalls;
import io.github.batonlock.support.LocalDynamo;
import java.util.concurrent.Executor;

class AsyncLockStoreIT extends DynamoStoreContract {
  @Override
  DynamoCalls calls(LocalDynamo dynamo, Executor executor) {
    return DynamoCalls.of(dynamo.async(), executor);
  }
}
