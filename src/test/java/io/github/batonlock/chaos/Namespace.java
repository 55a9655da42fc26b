package io.github.batonlock.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace with one link to this one: what its processes send passes a real network
 * stack that can lose it. Needs root, and {@code ip}; losing packets needs {@code iptables}.
 *
 * <p>Its addresses are of the range for tests of networks (198.18.0.0/15), and go nowhere else.
 * Firewall rules are made inside of it only.
 */
final class Namespace implements AutoCloseable {
  private static final int SUBNETS = 1 << 15;

  private final String name;
  private final String link;
  private final int subnet;
  private final Thread hook = new Thread(this::removeQuietly);

  private Namespace(int number) {
    this.subnet = Math.floorMod(ProcessHandle.current().pid() * 8 + number, SUBNETS);
    String id = ProcessHandle.current().pid() + "-" + number;
    this.name = "baton-" + id;
    this.link = "bt" + id;
  }

  private String address(int host) {
    int low = subnet * 4 + host;
    return "198." + (18 + (low >> 16)) + "." + ((low >> 8) & 0xff) + "." + (low & 0xff);
  }

  /** Makes one; numbers are unique in this process. */
  static Namespace create(int number) throws IOException, InterruptedException {
    Namespace made = new Namespace(number);
    Runtime.getRuntime().addShutdownHook(made.hook);
    try {
      made.setUp();
    } catch (IOException | InterruptedException e) {
      made.close();
      throw e;
    }
    return made;
  }

  private void setUp() throws IOException, InterruptedException {
    Commands.run("ip", "netns", "add", name);
    Commands.run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name);
    Commands.run("ip", "addr", "add", address(1) + "/30", "dev", link);
    Commands.run("ip", "link", "set", link, "up");
    Commands.run("ip", "-n", name, "addr", "add", address(2) + "/30", "dev", "eth0");
    Commands.run("ip", "-n", name, "link", "set", "lo", "up");
    Commands.run("ip", "-n", name, "link", "set", "eth0", "up");
  }

  /** Where the processes inside reach this process. */
  InetAddress hostAddress() throws IOException {
    return InetAddress.getByName(address(1));
  }

  /** What runs a command inside. */
  List<String> prefix() {
    return List.of("ip", "netns", "exec", name);
  }

  /** Whether packets can be lost by rule. */
  boolean canLosePackets() throws InterruptedException {
    try {
      iptables("-L", "-n");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  void linkDown() throws IOException, InterruptedException {
    Commands.run("ip", "link", "set", link, "down");
  }

  /** All that comes in ({@code INPUT}) or goes out ({@code OUTPUT}) is lost. */
  void loseAll(String chain) throws IOException, InterruptedException {
    iptables("-A", chain, "-j", "DROP");
  }

  /** Some packets are lost, in both directions. */
  void loseSome(double probability) throws IOException, InterruptedException {
    for (String chain : List.of("INPUT", "OUTPUT")) {
      iptables(
          "-A",
          chain,
          "-m",
          "statistic",
          "--mode",
          "random",
          "--probability",
          Double.toString(probability),
          "-j",
          "DROP");
    }
  }

  /** Everything passes again. */
  void heal(boolean hasRules) throws IOException, InterruptedException {
    if (hasRules) {
      iptables("-F");
    } else {
      Commands.run("ip", "link", "set", link, "up");
    }
  }

  private void iptables(String... rule) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix());
    command.addAll(List.of("iptables", "-w"));
    command.addAll(List.of(rule));
    Commands.run(command.toArray(String[]::new));
  }

  @Override
  public void close() {
    removeQuietly();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This JVM is ending.
    }
  }

  /** The link goes with it. */
  private void removeQuietly() {
    try {
      Commands.run("ip", "netns", "del", name);
    } catch (IOException e) {
      // It was not made.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
