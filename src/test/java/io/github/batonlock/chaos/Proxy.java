package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Traffic.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between one worker and the table: TCP connections whose bytes pass, wait, or vanish,
 * each direction by itself.
 */
public final class Proxy implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;

  private final ServerSocket listener;
  private final InetSocketAddress upstream;
  private final Direction requests;
  private final Direction answers;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean refusing;

  /** Starts one between a free port of this address and the table. */
  public Proxy(InetAddress address, URI table, SplittableRandom random) throws IOException {
    this.listener = new ServerSocket(0, 50, address);
    this.upstream = new InetSocketAddress(table.getHost(), table.getPort());
    this.requests = new Direction(random.split());
    this.answers = new Direction(random.split());
    start("proxy-accept", this::accept);
  }

  /** Where it listens. */
  public URI endpoint() {
    return URI.create(
        "http://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort());
  }

  void requests(Traffic traffic) {
    requests.set(traffic);
  }

  void answers(Traffic traffic) {
    answers.set(traffic);
  }

  /** Ends all connections, in order or by a reset, and new ones at once until {@link #heal}. */
  public void cut(boolean reset) {
    refusing = true;
    connections.forEach(connection -> connection.end(reset));
  }

  /** Everything passes again, also what was stalled. */
  void heal() {
    refusing = false;
    requests.set(Traffic.PASS);
    answers.set(Traffic.PASS);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    heal();
    connections.forEach(connection -> connection.end(true));
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (refusing) {
          client.close();
        } else {
          start("proxy-connect", () -> connect(client));
        }
      } catch (IOException e) {
        // Closed, or the client has changed its mind.
      }
    }
  }

  private void connect(Socket client) {
    Socket server = new Socket();
    Connection connection = new Connection(client, server);
    connections.add(connection);
    try {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      server.connect(upstream, CONNECT_MILLIS);
    } catch (IOException e) {
      connection.end(true);
      return;
    }
    start("proxy-answers", () -> connection.pump(server, client, answers));
    connection.pump(client, server, requests);
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private final class Connection {
    private final Socket client;
    private final Socket server;

    Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    /** Takes bytes from one side to the other until one of them ends. */
    void pump(Socket from, Socket to, Direction direction) {
      byte[] buffer = new byte[16_384];
      boolean lost = false;
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          Mode mode = lost ? Mode.LOSE : direction.decide(count);
          if (mode == Mode.PASS) {
            out.write(buffer, 0, count);
            continue;
          }
          lost = true;
          if (mode == Mode.END) {
            to.shutdownOutput();
          }
        }
        end(false);
      } catch (IOException | InterruptedException e) {
        end(false);
      }
    }

    void end(boolean reset) {
      connections.remove(this);
      end(client, reset);
      end(server, reset);
    }

    private void end(Socket socket, boolean reset) {
      try (socket) {
        if (reset && !socket.isClosed()) {
          socket.setSoLinger(true, 0);
        }
      } catch (IOException e) {
        // It is closed already.
      }
    }
  }
}
