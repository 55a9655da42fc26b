package io.github.batonlock.cli;

/** The signals that this process gets. */
@FunctionalInterface
public interface Signals {

  /** The signals that the tool forwards to a child. */
  enum Signal {
    /** The terminal has gone. */
    HUP(1),
    /** Interrupted from the keyboard. */
    INT(2),
    /** Asked to end. */
    TERM(15);

    private final int number;

    Signal(int number) {
      this.number = number;
    }

    /** Its number, the same on all systems. */
    int number() {
      return number;
    }
  }

  /** Takes each signal, on any thread. */
  @FunctionalInterface
  interface Receiver {
    /** Called when it has come. */
    void came(Signal signal);
  }

  /**
   * Hands each signal to a receiver from now on, instead of ending this process. A signal that this
   * process ignores, as after {@code nohup}, stays ignored.
   *
   * @param receiver takes them
   */
  void handOver(Receiver receiver);
}
