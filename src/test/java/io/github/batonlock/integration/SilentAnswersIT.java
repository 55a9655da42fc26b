package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.support.Stalls;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** Clients with an interceptor that changes what answers contain. */
class SilentAnswersIT extends TableFixture {

  private record Returning(ReturnValue values) implements ExecutionInterceptor {
    @Override
    public SdkRequest modifyRequest(
        Context.ModifyRequest context, ExecutionAttributes executionAttributes) {
      return context.request() instanceof UpdateItemRequest update
          ? update.toBuilder().returnValues(values).build()
          : context.request();
    }
  }

  /** Regression: an IllegalStateException. */
  @ParameterizedTest
  @EnumSource(
      value = ReturnValue.class,
      names = {"NONE", "ALL_OLD"})
  void acquisition_whoseAnswerLacksTheItem_saysSo(ReturnValue values) throws Exception {
    LockClient client = client(Sdk.SYNC, new Returning(values), builder -> {});
    // A request that the SDK sends again is refused, and the refusal has the item.
    Stalls.measure(
        () -> {
          saysSo(() -> client.acquire(newKey()));
          saysSo(() -> client.tryAcquire(newKey()));
        });
  }

  private static void saysSo(ThrowingCallable acquisition) {
    LockStoreException failure = catchThrowableOfType(LockStoreException.class, acquisition);
    assertThat(failure).hasMessageContaining("returnValues=ALL_NEW");
    assertThat(failure.kind()).isEqualTo(LockStoreException.Kind.INVALID_REQUEST);
    assertThat(failure.mayHaveBeenApplied()).isTrue();
  }
}
