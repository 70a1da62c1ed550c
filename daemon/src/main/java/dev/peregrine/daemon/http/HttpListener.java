/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.http;

import dev.peregrine.Peregrine;
import dev.peregrine.daemon.ConnectionLimit;
import dev.peregrine.daemon.ListenAddress;
import dev.peregrine.daemon.ReplyBackPressure;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Serves {@code /metrics} and {@code /healthz} on a loopback address, with one thread. */
public final class HttpListener implements AutoCloseable {
    private static final int MAX_REQUEST = 64 << 10;
    private static final int MAX_CONNECTIONS = 256;
    private static final int IDLE_SECONDS = 60;

    private final MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel;

    private HttpListener(
        final String key, final InetSocketAddress address, final Peregrine engine,
        final Supplier<List<String>> problems) {
        final ConnectionLimit limit = new ConnectionLimit(
            MAX_CONNECTIONS, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        final MetricsPage metrics = new MetricsPage(engine);
        try {
            channel = ListenAddress.bind(key, address, new ServerBootstrap().group(group)
                .channel(NioServerSocketChannel.class).childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(final SocketChannel child) {
                        child.pipeline().addLast(limit, new ReadTimeoutHandler(IDLE_SECONDS));
                        addHandlers(child.pipeline(), metrics::render, problems);
                    }
                }));
        } catch (final RuntimeException e) {
            stop();
            throw e;
        }
    }

    /** Everything between the bytes of a connection and the answers. */
    static void addHandlers(
        final ChannelPipeline pipeline, final Supplier<String> metrics, final Supplier<List<String>> problems) {
        pipeline.addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_REQUEST), new FlowControlHandler(),
            new ReplyBackPressure(), new HttpHandler(metrics, problems));
    }

    /**
     * Starts listening.
     *
     * @param key what names the listener in messages.
     * @param problems asked by {@code /healthz} on the listener's thread; empty means healthy.
     */
    public static HttpListener start(
        final String key, final String address, final Peregrine engine, final Supplier<List<String>> problems) {
        return new HttpListener(key, ListenAddress.parse(key, address), engine, problems);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    private void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        stop();
    }
}
