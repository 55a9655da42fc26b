package io.github.batonlock.simulation;

import java.util.stream.Stream;

/**
 * Listeners are told once of the end of each acquisition and of each request: never more often, and
 * by a client that lived until all was well, not less often. Dropped events count as told. Each
 * wait that began has ended then.
 */
final class EventCheck extends Check {
  private final long stopped;

  EventCheck(Scenario scenario, History history, long stopped) {
    super(scenario, history);
    this.stopped = stopped;
  }

  @Override
  void run() {
    for (Node node : history.nodes) {
      EventCounter told = node.events;
      if (told != null) {
        check(node, told, calls(node), node.link.sent());
      }
    }
  }

  private void check(Node node, EventCounter told, long calls, long sent) {
    boolean isTooMuch = told.acquisitions > calls || told.requests > sent;
    boolean isAll = told.acquisitions == calls && told.requests == sent;
    boolean mayBeAll =
        told.dropped > 0
            && told.acquisitions + told.renewals + told.requests + told.dropped >= calls + sent;
    boolean livedToTheEnd = !node.isCrashed() && node.isOpenAt(stopped);
    if (told.waitsBegan > calls || (livedToTheEnd && told.waitsBegan != told.waitsEnded)) {
      violated(
          Long.MAX_VALUE,
          "%s told of %d waits that began and %d that ended, of %d calls"
              .formatted(node, told.waitsBegan, told.waitsEnded, calls));
    }
    if (isTooMuch || (livedToTheEnd && !isAll && !mayBeAll)) {
      violated(
          Long.MAX_VALUE,
          "%s told of %d of %d acquisitions and %d of %d requests, and dropped %d"
              .formatted(node, told.acquisitions, calls, told.requests, sent, told.dropped));
    }
  }

  private long calls(Node node) {
    return Stream.concat(history.waits.stream(), history.looks.stream())
        .filter(wait -> wait.node == node)
        .count();
  }
}
