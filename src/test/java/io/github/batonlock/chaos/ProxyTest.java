package io.github.batonlock.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.support.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Between a client that sends lines and a server that answers each with itself. */
class ProxyTest {
  private static final String END = "(end)";

  private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
  private ServerSocket server;
  private Proxy proxy;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    inBackground(
        () -> {
          while (true) {
            Socket socket = server.accept();
            inBackground(() -> answer(socket));
          }
        });
    URI address = URI.create("http://127.0.0.1:" + server.getLocalPort());
    proxy = new Proxy(InetAddress.getLoopbackAddress(), address, new SplittableRandom(1));
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void inBackground(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // Closed at the end of the test.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void answer(Socket socket) throws IOException {
    try (socket) {
      BufferedReader lines = reader(socket);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        arrived.add(line);
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
      arrived.add(END);
    }
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  /** A connection through the proxy. */
  private final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader lines;

    Client() throws IOException {
      socket = new Socket(proxy.endpoint().getHost(), proxy.endpoint().getPort());
      socket.setSoTimeout((int) Eventually.SOON.toMillis());
      lines = reader(socket);
    }

    void send(String line) throws IOException {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    String receive() throws IOException {
      return lines.readLine();
    }

    void receivesNothing() throws IOException {
      socket.setSoTimeout(100);
      assertThatThrownBy(this::receive).isInstanceOf(SocketTimeoutException.class);
      socket.setSoTimeout((int) Eventually.SOON.toMillis());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void bytes_withoutAFault_passBothWays() throws Exception {
    try (Client client = new Client()) {
      client.send("one");
      assertThat(client.receive()).isEqualTo("one");
    }
    assertThat(Eventually.next(arrived)).isEqualTo("one");
    assertThat(Eventually.next(arrived)).isEqualTo(END);
  }

  @Test
  void stalledRequest_whoseClientHasGone_arrivesWhenTheStallIsOver() throws Exception {
    proxy.requests(Traffic.STALL);
    try (Client client = new Client()) {
      client.send("late");
      client.receivesNothing();
    }
    assertThat(arrived).isEmpty();

    proxy.heal();

    assertThat(Eventually.next(arrived)).isEqualTo("late");
  }

  @Test
  void lostRequest_neverArrivesAndNothingAfterItOnItsConnection() throws Exception {
    proxy.requests(Traffic.LOSE);
    try (Client client = new Client()) {
      client.send("lost");
      client.receivesNothing();
      proxy.heal();
      client.send("lost, too");
      client.receivesNothing();
      try (Client other = new Client()) {
        other.send("new");
        assertThat(other.receive()).isEqualTo("new");
      }
    }
    assertThat(Eventually.next(arrived)).isEqualTo("new");
  }

  @Test
  void lostAnswer_isThatOfARequestThatArrived() throws Exception {
    proxy.answers(Traffic.LOSE);
    try (Client client = new Client()) {
      client.send("one");
      assertThat(Eventually.next(arrived)).isEqualTo("one");
      client.receivesNothing();
    }
  }

  @Test
  void halfClosedTowardsTheServer_endsThereInPlaceOfTheRequest() throws Exception {
    proxy.requests(Traffic.END);
    try (Client client = new Client()) {
      client.send("one");
      assertThat(Eventually.next(arrived)).isEqualTo(END);
      assertThat(client.receive()).isNull();
    }
  }

  @Test
  void halfClosedTowardsTheClient_endsThereInPlaceOfTheAnswer() throws Exception {
    proxy.answers(Traffic.END);
    try (Client client = new Client()) {
      client.send("one");
      assertThat(client.receive()).isNull();
      assertThat(Eventually.next(arrived)).isEqualTo("one");
      client.send("two");
      assertThat(Eventually.next(arrived)).as("the other direction is open").isEqualTo("two");
    }
  }

  @Test
  void slowBytes_areLateByTheDelay() throws Exception {
    proxy.answers(Traffic.slow(150, 10));
    try (Client client = new Client()) {
      long sent = System.nanoTime();
      client.send("one");
      assertThat(client.receive()).isEqualTo("one");
      assertThat(System.nanoTime() - sent).isGreaterThanOrEqualTo(150_000_000);
    }
  }

  @Test
  void throttledBytes_areLateByTheirNumber() throws Exception {
    proxy.requests(Traffic.throttled(100));
    try (Client client = new Client()) {
      long sent = System.nanoTime();
      client.send("123456789012345");
      assertThat(client.receive()).hasSize(15);
      assertThat(System.nanoTime() - sent).isGreaterThanOrEqualTo(160_000_000);
    }
  }

  @Test
  void cutConnections_endAndNewOnesToo() throws Exception {
    try (Client client = new Client()) {
      client.send("one");
      assertThat(client.receive()).isEqualTo("one");

      proxy.cut(false);

      assertThat(client.receive()).isNull();
      try (Client another = new Client()) {
        assertThat(another.receive()).isNull();
      }
      proxy.heal();
      try (Client another = new Client()) {
        another.send("two");
        assertThat(another.receive()).isEqualTo("two");
      }
    }
  }

  @Test
  void resetConnections_failAtTheClient() throws Exception {
    try (Client client = new Client()) {
      client.send("one");
      assertThat(client.receive()).isEqualTo("one");

      proxy.cut(true);

      assertThatThrownBy(client::receive).isInstanceOf(SocketException.class);
    }
  }
}
