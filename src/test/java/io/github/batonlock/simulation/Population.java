package io.github.batonlock.simulation;

import java.util.List;
import java.util.function.Consumer;

/** The nodes that live, and their users. */
final class Population {
  private static final int USERS_PER_NODE = 2;
  private static final int CROWD = 5;

  private final SimulatedWorld world;
  private final Users users;
  private final int[] starts;
  private boolean complete;

  Population(SimulatedWorld world) {
    this.world = world;
    this.users = new Users(world);
    this.starts = new int[world.scenario.terms().size()];
  }

  Users users() {
    return users;
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
    Node node = new Node(world, world.history.nodes.size(), place, name, users);
    world.history.nodes.add(node);
    world.trace(() -> node + " starts");
    int number = world.scenario.has(Scenario.Hazard.CROWDS) ? CROWD : USERS_PER_NODE;
    for (int i = 0; i < number; i++) {
      new User(world, users, node).start();
    }
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

  void crash(Node node) {
    Reading at = node.reading();
    node.crash();
    world.history.holds.stream()
        .filter(hold -> hold.node == node && hold.endedAt() == Long.MAX_VALUE)
        .forEach(hold -> hold.crashedAt = at);
    world.history.waits.stream().filter(wait -> wait.node == node).forEach(users::ended);
    world.history.looks.stream().filter(look -> look.node == node).forEach(users::ended);
  }
}
