package io.github.batonlock.samples.benchmark.dynamo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/**
 * An HTTP endpoint, in a process of its own, that answers every call of DynamoDB with an empty
 * success, a fixed time later: a network and a table that never get tired.
 */
public final class SlowStub {
  /** About what DynamoDB takes for a write. */
  public static final Duration DELAY = Duration.ofMillis(5);

  private static final byte[] ANSWER = "{}".getBytes(StandardCharsets.US_ASCII);
  private static final String CHECKSUM = checksum();
  private static final int LONGEST_REQUEST = 1 << 20;

  private SlowStub() {}

  /** Starts a stub. */
  public static ChildJvm start() throws IOException {
    return ChildJvm.start(List.of("-Xmx256m"), SlowStub.class, List.of());
  }

  /** Where a stub answers; once, after the start. */
  public static URI endpointOf(ChildJvm stub) throws IOException {
    return URI.create(stub.receive());
  }

  /** The stub's process. */
  public static void main(String[] args) throws Exception {
    NioEventLoopGroup threads = new NioEventLoopGroup(1);
    InetSocketAddress address =
        (InetSocketAddress)
            new ServerBootstrap()
                .group(threads)
                .channel(NioServerSocketChannel.class)
                .childHandler(new Pipeline())
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel()
                .localAddress();
    System.out.println("http://127.0.0.1:" + address.getPort());
    ChildJvm.awaitEndOfInput();
    Runtime.getRuntime().halt(0);
  }

  private static String checksum() {
    CRC32 crc = new CRC32();
    crc.update(ANSWER);
    return Long.toString(crc.getValue());
  }

  private static final class Pipeline extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel channel) {
      channel
          .pipeline()
          .addLast(new HttpServerCodec(), new HttpObjectAggregator(LONGEST_REQUEST), new Handler());
    }
  }

  private static final class Handler extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      context
          .executor()
          .schedule(
              () -> context.writeAndFlush(answer(), context.voidPromise()),
              DELAY.toNanos(),
              TimeUnit.NANOSECONDS);
    }

    /** A client that has gone away. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }

    private static FullHttpResponse answer() {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(ANSWER));
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_LENGTH, ANSWER.length)
          .set(HttpHeaderNames.CONTENT_TYPE, "application/x-amz-json-1.0")
          .set("x-amz-crc32", CHECKSUM)
          .set("x-amzn-RequestId", "stub");
      return response;
    }
  }
}
