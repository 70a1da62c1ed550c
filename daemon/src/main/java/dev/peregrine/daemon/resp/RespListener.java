/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.resp;

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
import io.netty.handler.codec.redis.FixedRedisMessagePool;
import io.netty.handler.codec.redis.RedisArrayAggregator;
import io.netty.handler.codec.redis.RedisBulkStringAggregator;
import io.netty.handler.codec.redis.RedisDecoder;
import io.netty.handler.codec.redis.RedisEncoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Serves the Redis protocol, version 2, on a loopback address. */
public final class RespListener implements AutoCloseable {
    private static final int MAX_INLINE = 64 << 10;
    private static final int MAX_CONNECTIONS = 1_000;
    private static final int IDLE_SECONDS = 600;

    private final MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel;

    private RespListener(final InetSocketAddress address, final Peregrine engine) {
        final ConnectionLimit limit = new ConnectionLimit(MAX_CONNECTIONS);
        try {
            channel = ListenAddress.bind("resp", address, new ServerBootstrap().group(group)
                .channel(NioServerSocketChannel.class).childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(final SocketChannel child) {
                        child.pipeline().addLast(limit, new ReadTimeoutHandler(IDLE_SECONDS), new RequestLimit(),
                            new RedisDecoder(MAX_INLINE, FixedRedisMessagePool.INSTANCE, true),
                            new RedisBulkStringAggregator(), new RedisArrayAggregator(), new RedisEncoder(),
                            new RespHandler(new RespCommands(engine)));
                    }
                }));
        } catch (final RuntimeException e) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    /** Starts listening. */
    public static RespListener start(final String address, final Peregrine engine) {
        return new RespListener(ListenAddress.parse("resp", address), engine);
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
