/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ListenAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:80", "localhost:0", "[::1]:65535", "127.1.2.3:8080"})
    void shouldTakeLoopbackAddresses(final String text) {
        assertThat(ListenAddress.parse("http", text).getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void shouldReadThePort() {
        assertThat(ListenAddress.parse("http", "[::1]:65535").getPort()).isEqualTo(65_535);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:80", "10.0.0.1:80", "[::]:80", "[2001:db8::1]:80"})
    void shouldRefuseOthers(final String text) {
        assertThatThrownBy(() -> ListenAddress.parse("peregrine.listeners.http", text))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("peregrine.listeners.http = \"" + text)
            .hasMessageContaining("not a loopback address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "80", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:-1", "127.0.0.1:65536",
        "127.0.0.1:x", "a.name:80", "[127.0.0.1:80", "127.0.0.1.5:80"})
    void shouldRefuseWhatIsNoAddress(final String text) {
        assertThatThrownBy(() -> ListenAddress.parse("http", text))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("is no address");
    }

    @Test
    void shouldReadConnectionsByTurnsAndNotOneToItsEnd() throws Exception {
        final int bytes = 32 << 10;
        final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        final CountDownLatch active = new CountDownLatch(2);
        final CountDownLatch written = new CountDownLatch(1);
        final List<Object> readers = new CopyOnWriteArrayList<>();
        final CountDownLatch read = new CountDownLatch(2 * bytes);
        final ServerBootstrap server = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
            .childHandler(new ChannelInitializer<>() {
                @Override
                protected void initChannel(final Channel child) {
                    child.pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
                        @Override
                        public void channelActive(final ChannelHandlerContext context) {
                            active.countDown();
                        }

                        @Override
                        protected void channelRead0(final ChannelHandlerContext context, final ByteBuf in) {
                            readers.add(context.channel().id());
                            for (int i = in.readableBytes(); i > 0; i--) {
                                read.countDown();
                            }
                        }
                    });
                }
            });
        try {
            final InetSocketAddress address = (InetSocketAddress) ListenAddress
                .bind("test", ListenAddress.parse("test", "127.0.0.1:0"), server).localAddress();
            try (Socket first = new Socket(address.getAddress(), address.getPort());
                Socket second = new Socket(address.getAddress(), address.getPort())) {
                active.await();
                group.submit(() -> {
                    written.await();
                    return null;
                });
                first.getOutputStream().write(new byte[bytes]);
                second.getOutputStream().write(new byte[bytes]);
                written.countDown();
                read.await();
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
        final Object one = readers.get(0);
        final int other = IntStream.range(0, readers.size()).filter(i -> !readers.get(i).equals(one)).findFirst()
            .orElseThrow();
        assertThat(other).isLessThan(readers.lastIndexOf(one));
    }
}
