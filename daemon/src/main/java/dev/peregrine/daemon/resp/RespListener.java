/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.resp;

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
import io.netty.handler.codec.redis.FixedRedisMessagePool;
import io.netty.handler.codec.redis.RedisArrayAggregator;
import io.netty.handler.codec.redis.RedisBulkStringAggregator;
import io.netty.handler.codec.redis.RedisDecoder;
import io.netty.handler.codec.redis.RedisEncoder;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Serves the Redis protocol, version 2, on a loopback address, with one thread. */
public final class RespListener implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 1_000;
    private static final int IDLE_SECONDS = 600;

    private final MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel channel;

    private RespListener(final String key, final InetSocketAddress address, final Peregrine engine) {
        final ConnectionLimit limit =
            new ConnectionLimit(MAX_CONNECTIONS, "-ERR max number of clients reached\r\n");
        try {
            channel = ListenAddress.bind(key, address, new ServerBootstrap().group(group)
                .channel(NioServerSocketChannel.class).childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(final SocketChannel child) {
                        child.pipeline().addLast(limit, new ReadTimeoutHandler(IDLE_SECONDS));
                        addHandlers(child.pipeline(), new RespCommands(engine));
                    }
                }));
        } catch (final RuntimeException e) {
            stop();
            throw e;
        }
    }

    /** Everything between the bytes of a connection and the replies. */
    static void addHandlers(final ChannelPipeline pipeline, final RespCommands commands) {
        pipeline.addLast(new RequestLimit(),
            new RedisDecoder(RequestLimit.MAX_LINE, FixedRedisMessagePool.INSTANCE, true),
            new RedisBulkStringAggregator(), new RedisArrayAggregator(RequestLimit.MAX_ARRAY, 1),
            new FlowControlHandler(), new RedisEncoder(), new ReplyBackPressure(), new RespHandler(commands));
    }

    /**
     * Starts listening.
     *
     * @param key what names the listener in messages.
     */
    public static RespListener start(final String key, final String address, final Peregrine engine) {
        return new RespListener(key, ListenAddress.parse(key, address), engine);
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
