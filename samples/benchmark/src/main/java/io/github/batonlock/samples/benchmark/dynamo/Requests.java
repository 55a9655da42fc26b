package io.github.batonlock.samples.benchmark.dynamo;

import java.util.concurrent.atomic.LongAdder;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;

/** Counts the requests that an SDK client sends, each retry of the SDK as one more. */
public final class Requests implements ExecutionInterceptor {
  private final LongAdder writes = new LongAdder();
  private final LongAdder consistentReads = new LongAdder();
  private final LongAdder eventualReads = new LongAdder();

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes unused) {
    SdkRequest request = context.request();
    if (request instanceof GetItemRequest read) {
      (Boolean.TRUE.equals(read.consistentRead()) ? consistentReads : eventualReads).increment();
    } else if (request instanceof BatchExecuteStatementRequest batch) {
      writes.add(batch.statements().size());
    } else {
      writes.increment();
    }
  }

  /** What was sent up to now. */
  public Counts counts() {
    return new Counts(writes.sum(), consistentReads.sum(), eventualReads.sum());
  }
}
