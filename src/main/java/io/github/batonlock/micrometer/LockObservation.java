package io.github.batonlock.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations that {@link BatonObservations} makes, with their keys. */
public enum LockObservation implements ObservationDocumentation {
  /** An acquisition, from the call to its result. */
  ACQUIRE("baton.lock.acquire", "acquire lock") {
    @Override
    public KeyName[] getLowCardinalityKeyNames() {
      return new KeyName[] {LowKey.OUTCOME};
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
      return new KeyName[] {HighKey.KEY, HighKey.OWNER};
    }
  },

  /** A hold, from the grant to the release or revocation. */
  HOLD("baton.lock.hold", "hold lock") {
    @Override
    public KeyName[] getLowCardinalityKeyNames() {
      return new KeyName[] {LowKey.OUTCOME, LowKey.REASON};
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
      return HighKey.values();
    }
  };

  private final String name;
  private final String spanName;

  LockObservation(String name, String spanName) {
    this.name = name;
    this.spanName = spanName;
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public String getContextualName() {
    return spanName;
  }

  @Override
  public Class<? extends ObservationConvention<? extends Observation.Context>>
      getDefaultConvention() {
    return DefaultLockObservationConvention.class;
  }

  @Override
  public String getPrefix() {
    return "";
  }

  /** Keys of few values: tags of meters, and of spans. */
  public enum LowKey implements KeyName {
    /** What came of it; {@code none} until it has ended. */
    OUTCOME("outcome"),
    /** Why the lock was lost, or {@code none}. */
    REASON("reason");

    private final String key;

    LowKey(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }

  /** Keys of many values: tags of spans only. */
  public enum HighKey implements KeyName {
    /** The lock's key. */
    KEY("lock.key"),
    /** The owner name of the client. */
    OWNER("lock.owner"),
    /** The fencing token of the hold. */
    TOKEN("lock.fencing_token");

    private final String key;

    HighKey(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }
}
