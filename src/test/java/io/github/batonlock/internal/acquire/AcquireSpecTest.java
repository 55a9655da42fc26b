package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.LeaseTerms;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class AcquireSpecTest {
  private static final int ITEM_LIMIT = 400 * 1024;

  private final ClientConfig config = config(draft -> {});
  private final ClientConfig sorted =
      config(
          draft -> {
            draft.partitionKeyName = "pk";
            draft.sortKeyName = "sk";
          });

  @Test
  void spec_ofADefaultRequest_takesTheClientsTermsAndWaitsForTwoLeases() {
    AcquireSpec spec = AcquireSpec.of(LockRequest.of("k"), config);

    assertThat(spec.key()).isEqualTo(LockKey.of("k"));
    assertThat(spec.terms()).isSameAs(config.terms());
    assertThat(spec.maxWait()).isEqualTo(Duration.ofSeconds(40));
    assertThat(spec.data()).isNull();
    assertThat(spec.hold().attributes().values()).isEmpty();
    assertThat(spec.hold().deleteOnRelease()).isFalse();
    assertThat(spec.onlyIfExists()).isFalse();
    assertThat(spec.hold().onRevoked()).isNull();
  }

  @Test
  void spec_carriesWhatTheRequestSays() {
    SdkBytes data = SdkBytes.fromUtf8String("d");
    Consumer<Revocation> callback = revocation -> {};
    AcquireSpec spec =
        spec(
            request ->
                request
                    .data(data)
                    .attribute("team", AttributeValue.fromS("blue"))
                    .deleteOnRelease(true)
                    .onlyIfExists(true)
                    .onRevoked(callback));

    assertThat(spec.data()).isEqualTo(data);
    assertThat(spec.hold().attributes().values())
        .isEqualTo(Map.of("team", AttributeValue.fromS("blue")));
    assertThat(spec.hold().deleteOnRelease()).isTrue();
    assertThat(spec.onlyIfExists()).isTrue();
    assertThat(spec.hold().onRevoked()).isSameAs(callback);
  }

  @Test
  void wait_isTheRequestsOwn_orTwiceItsOwnLease_orWithoutEnd() {
    assertThat(spec(request -> request.waitUpTo(Duration.ZERO)).maxWait()).isZero();
    assertThat(spec(request -> request.leaseDuration(Duration.ofMinutes(1))).maxWait())
        .isEqualTo(Duration.ofMinutes(2));
    assertThat(spec(LockRequest.Builder::waitForever).maxWait()).isNull();
  }

  @Test
  void lease_ofTheRequest_bringsItsOwnHeartbeat() {
    assertThat(spec(request -> request.leaseDuration(Duration.ofMinutes(1))).terms())
        .isEqualTo(new LeaseTerms(Duration.ofMinutes(1), Duration.ofSeconds(15)));
    assertThat(spec(request -> request.leaseDuration(Duration.ofMillis(100))).terms())
        .isEqualTo(new LeaseTerms(Duration.ofMillis(100), Duration.ofMillis(25)));
    assertThat(spec(request -> request.heartbeatInterval(Duration.ofSeconds(1))).terms())
        .isEqualTo(new LeaseTerms(Duration.ofSeconds(20), Duration.ofSeconds(1)));
    assertThat(
            spec(request ->
                    request
                        .leaseDuration(Duration.ofMinutes(1))
                        .heartbeatInterval(Duration.ofSeconds(16)))
                .terms())
        .isEqualTo(new LeaseTerms(Duration.ofMinutes(1), Duration.ofSeconds(16)));
  }

  @Test
  void heartbeat_tooLongForTheLeaseOfTheRequest_isRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                spec(
                    request ->
                        request
                            .leaseDuration(Duration.ofSeconds(18))
                            .heartbeatInterval(Duration.ofSeconds(5))))
        .withMessage(
            "heartbeatInterval 5s leaves no room for three tries within the 14.4s that a 18s lease"
                + " can be used; use at most 4.8s, or a longer lease");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec(request -> request.leaseDuration(Duration.ofDays(32))))
        .withMessage("leaseDuration 2764800s is out of range; use 0.1s to 31 days");
  }

  @Test
  void sortKey_isRequiredExactlyWhenTheClientHasOne() {
    LockRequest plain = LockRequest.of("k");
    LockRequest withSortKey = LockRequest.builder().key("k", "s").build();

    assertThat(AcquireSpec.of(withSortKey, sorted).key()).isEqualTo(LockKey.of("k", "s"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AcquireSpec.of(plain, sorted))
        .withMessage(
            "Lock key 'k' has no sort key, but the client was built with sortKeyName 'sk'; use"
                + " LockKey.of(partitionKey, sortKey)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AcquireSpec.of(withSortKey, config))
        .withMessage("Lock key 'k/s' has a sort key, but the client was built without sortKeyName");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ownerName",
        "leaseDuration",
        "recordVersionNumber",
        "isReleased",
        "data",
        "fencingToken",
        "session",
        "ttl",
        "key"
      })
  void attribute_thatTheProtocolUses_isRejected(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec(request -> request.attribute(name, AttributeValue.fromS("v"))))
        .withMessage(
            "Attribute '%s' of the request for lock 'k' is reserved by the lock protocol; give it"
                + " another name",
            name);
  }

  @Test
  void attribute_namedLikeAKeyOfTheTable_isRejectedByItsConfiguredName() {
    for (String name : new String[] {"pk", "sk"}) {
      LockRequest request =
          LockRequest.builder().key("k", "s").attribute(name, AttributeValue.fromS("v")).build();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> AcquireSpec.of(request, sorted))
          .withMessageContaining("Attribute '" + name + "' of the request for lock 'k/s'");
      assertThat(
              spec(free -> free.attribute(name, AttributeValue.fromS("v")))
                  .hold()
                  .attributes()
                  .values())
          .containsOnlyKeys(name);
    }
    LockRequest free =
        LockRequest.builder().key("k", "s").attribute("key", AttributeValue.fromS("v")).build();
    assertThat(AcquireSpec.of(free, sorted).hold().attributes().values()).containsOnlyKeys("key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"OwnerName", "TTL", "Data", "ownerName ", "isReleased2"})
  void attribute_withASimilarName_isTheUsers(String name) {
    assertThat(spec(r -> r.attribute(name, AttributeValue.fromS("v"))).hold().attributes().values())
        .containsOnlyKeys(name);
  }

  @Test
  void data_thatNoItemCanHold_isRejected() {
    SdkBytes fits = SdkBytes.fromByteArray(new byte[ITEM_LIMIT - 1]);
    SdkBytes tooLarge = SdkBytes.fromByteArray(new byte[ITEM_LIMIT]);

    assertThat(spec(request -> request.data(fits)).data()).isEqualTo(fits);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> spec(request -> request.data(tooLarge)))
        .withMessage(
            "The data of lock 'k' has 409600 bytes; with its other attributes the item must fit"
                + " into DynamoDB's 400 KB. Store it elsewhere, and its address here");
  }

  private AcquireSpec spec(Consumer<LockRequest.Builder> settings) {
    LockRequest.Builder builder = LockRequest.builder().key("k");
    settings.accept(builder);
    return AcquireSpec.of(builder.build(), config);
  }

  private static ClientConfig config(Consumer<ClientConfig.Draft> settings) {
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    settings.accept(draft);
    return draft.build();
  }
}
