package io.github.batonlock.simulation;

import java.util.List;
import java.util.function.Consumer;

/** The nodes that live, and what they do. */
final class Population {
  private final SimulatedWorld world;
  private final Story story;
  private final int[] starts;
  private boolean complete;

  Population(SimulatedWorld world, Story story) {
    this.world = world;
    this.story = story;
    this.starts = new int[world.scenario.terms().size()];
    story.livesIn(this);
  }

  Story story() {
    return story;
  }

  void start() {
    for (int place = 0; place < starts.length; place++) {
      startAgain(place);
    }
  }

  /** Starts a process where another has ended. */
  void startAgain(int place) {
    if (complete) {
      return;
    }
    String name = (char) ('a' + place) + "" + ++starts[place];
    Node node = new Node(world, world.history.nodes.size(), place, name, story);
    world.history.nodes.add(node);
    world.trace(() -> node + " starts");
    story.moveIn(node);
  }

  /** No process is started any more. */
  void complete() {
    complete = true;
  }

  List<Node> open() {
    return world.history.nodes.stream().filter(Node::isOpen).toList();
  }

  /** Does something to some process, if any lives. */
  void someNode(Consumer<Node> action) {
    List<Node> open = open();
    if (!open.isEmpty()) {
      action.accept(open.get(world.random.nextInt(open.size())));
    }
  }

  /** Closes the client of a process, and starts another process some time later. */
  void close(Node node) {
    world.trace(() -> node + " closes");
    node.close();
    restartLater(node);
  }

  /** Starts another process some time later. */
  void restartLater(Node node) {
    world.time.schedule(
        world.upTo(world.scenario.lease().multipliedBy(2)).toNanos(), () -> startAgain(node.place));
  }

  void crash(Node node) {
    Reading at = node.reading();
    node.crash();
    story.crashed(node, at);
  }
}
