/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.http;

import dev.peregrine.Peregrine;
import dev.peregrine.daemon.ConnectionLimit;
import dev.peregrine.daemon.ListenAddress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Serves {@code /metrics} and {@code /healthz} on a loopback address. */
public final class HttpListener implements AutoCloseable {
    private static final int MAX_REQUEST = 64 << 10;
    private static final int MAX_CONNECTIONS = 256;
    private static final int IDLE_SECONDS = 60;

    private final MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel;

    private HttpListener(final InetSocketAddress address, final Peregrine engine, final Supplier<List<String>> problems) {
        final ConnectionLimit limit = new ConnectionLimit(MAX_CONNECTIONS);
        final MetricsPage metrics = new MetricsPage(engine);
        try {
            channel = ListenAddress.bind("http", address, new ServerBootstrap().group(group)
                .channel(NioServerSocketChannel.class).childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(final SocketChannel child) {
                        child.pipeline().addLast(limit, new ReadTimeoutHandler(IDLE_SECONDS), new HttpServerCodec(),
                            new HttpObjectAggregator(MAX_REQUEST), new HttpHandler(metrics, problems));
                    }
                }));
        } catch (final RuntimeException e) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    /** Starts listening. */
    public static HttpListener start(
        final String address, final Peregrine engine, final Supplier<List<String>> problems) {
        return new HttpListener(ListenAddress.parse("http", address), engine, problems);
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
