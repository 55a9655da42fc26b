package io.github.batonlock.internal.config;

import io.github.batonlock.internal.protocol.Limit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** The value of each {@link Bound} for one client. Immutable. */
public final class Bounds {
  /** The default value of every bound. */
  public static final Bounds DEFAULT = new Bounds(new EnumMap<>(Bound.class), bound -> {});

  private final Map<Bound, Integer> others;
  private final Consumer<Bound> listener;

  /** Made once: each hold takes two of them. */
  private final Map<Bound, Limit> limits = new EnumMap<>(Bound.class);

  private Bounds(Map<Bound, Integer> others, Consumer<Bound> listener) {
    this.others = others;
    this.listener = listener;
    for (Bound bound : Bound.values()) {
      int most = others.getOrDefault(bound, bound.defaultValue());
      limits.put(bound, new Limit(most, () -> listener.accept(bound)));
    }
  }

  /**
   * Returns the same bounds with one value changed.
   *
   * @param bound one that a client may set
   * @param value at least {@link Bound#least}
   * @return other bounds; these stay as they are
   * @throws IllegalArgumentException if the bound is the same for all clients, or the value is too
   *     small
   */
  public Bounds with(Bound bound, int value) {
    if (!bound.isOfClient()) {
      throw new IllegalArgumentException(
          bound + " limits what users pass in: it is " + bound.defaultValue() + " for all clients");
    }
    if (value < bound.least()) {
      throw new IllegalArgumentException(
          bound + " is " + value + " " + bound.unit() + "; use at least " + bound.least());
    }
    Map<Bound, Integer> more = new EnumMap<>(Bound.class);
    more.putAll(others);
    more.put(bound, value);
    return new Bounds(more, listener);
  }

  /**
   * Returns the same bounds with a listener that is told when a bound is passed.
   *
   * @param told of each time, on the thread that noticed; must be quick and never throw
   * @return other bounds; these stay as they are
   */
  public Bounds onReached(Consumer<Bound> told) {
    return new Bounds(others, told);
  }

  /**
   * The value of a bound.
   *
   * @param bound the bound
   * @return a number of {@link Bound#unit}
   */
  public int of(Bound bound) {
    return limit(bound).most();
  }

  /**
   * A bound in the form that protocol decisions take.
   *
   * @param bound the bound
   * @return its value, and the listener to tell when it is passed
   */
  public Limit limit(Bound bound) {
    return Objects.requireNonNull(limits.get(bound));
  }

  /**
   * Reports that a bound was passed: what lies beyond it was refused, forgotten or postponed.
   *
   * @param bound the bound
   */
  public void reached(Bound bound) {
    listener.accept(bound);
  }

  @Override
  public String toString() {
    return "Bounds" + others;
  }
}
