package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockStoreException;
import java.util.List;
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
  void acquisition_whoseAnswerLacksTheItem_saysSo(ReturnValue values) {
    LockClient client = client(Sdk.SYNC, new Returning(values), builder -> {});
    for (LockStoreException failure :
        List.of(
            catchThrowableOfType(LockStoreException.class, () -> client.acquire(newKey())),
            catchThrowableOfType(LockStoreException.class, () -> client.tryAcquire(newKey())))) {
      assertThat(failure.kind()).isEqualTo(LockStoreException.Kind.INVALID_REQUEST);
      assertThat(failure.mayHaveBeenApplied()).isTrue();
      assertThat(failure).hasMessageContaining("returnValues=ALL_NEW");
    }
  }
}
