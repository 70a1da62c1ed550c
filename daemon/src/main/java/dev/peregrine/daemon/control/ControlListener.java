/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.control;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.daemon.ConnectionLimit;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the control socket, {@code control.sock} in the data directory, for its owner only. The socket is made in a
 * directory that only the owner can enter, and moved: so at no time can another user connect, and one that a killed daemon
 * has left is replaced. Whoever has the data directory has the socket.
 */
public final class ControlListener implements AutoCloseable {
    /** Name of the socket. */
    public static final String SOCKET = "control.sock";
    static final int MAX_REQUEST = 64 << 10;
    private static final Logger LOGGER = LoggerFactory.getLogger(ControlListener.class);
    private static final int MAX_CONNECTIONS = 16;
    private static final int IDLE_SECONDS = 600;
    private static final long STOP_SECONDS = 5;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ExecutorService executor = Executors.newCachedThreadPool(work -> {
        final Thread thread = new Thread(work, "peregrine-control");
        thread.setDaemon(true);
        return thread;
    });
    private final Path socket;
    private final Channel channel;
    /** What tells this socket from one that a later daemon has put in its place. */
    private final Object identity;

    private ControlListener(final Path directory, final Function<ControlCall, ControlReply> commands) {
        this.socket = directory.resolve(SOCKET);
        final ConnectionLimit limit = new ConnectionLimit(
            MAX_CONNECTIONS, "{\"ok\":false,\"text\":\"too many commands at a time\",\"data\":[]}\n");
        final ServerBootstrap bootstrap = new ServerBootstrap().group(group)
            .channel(NioServerDomainSocketChannel.class).childHandler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(final Channel child) {
                    child.pipeline().addLast(limit, new ReadTimeoutHandler(IDLE_SECONDS));
                    addHandlers(child.pipeline(), commands, executor);
                }
            });
        try {
            channel = bind(bootstrap, directory);
            identity = Files.readAttributes(socket, java.nio.file.attribute.BasicFileAttributes.class).fileKey();
        } catch (final IOException | RuntimeException e) {
            stop();
            throw new StorageException("cannot make the control socket " + socket + ": " + e.getMessage(), e);
        }
    }

    private static Channel bind(final ServerBootstrap bootstrap, final Path directory) throws IOException {
        final Path own = Files.createTempDirectory(directory, ".ctl");
        try (SocketPath path = SocketPath.to(own.resolve("s"))) {
            final Channel bound = bootstrap.bind(UnixDomainSocketAddress.of(path.path())).syncUninterruptibly().channel();
            Files.setPosixFilePermissions(own.resolve("s"), PosixFilePermissions.fromString("rw-------"));
            Files.move(own.resolve("s"), directory.resolve(SOCKET), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
            return bound;
        } finally {
            Files.deleteIfExists(own.resolve("s"));
            Files.deleteIfExists(own);
        }
    }

    /**
     * Starts to listen.
     *
     * @param commands does what is asked; called by threads of the listener's, by several at a time.
     */
    public static ControlListener start(final Path directory, final Function<ControlCall, ControlReply> commands) {
        return new ControlListener(directory, commands);
    }

    /** Everything between the bytes of a connection and the answers. */
    static void addHandlers(
        final ChannelPipeline pipeline, final Function<ControlCall, ControlReply> commands, final Executor executor) {
        pipeline.addLast(new LineBasedFrameDecoder(MAX_REQUEST, true, true), new StringDecoder(StandardCharsets.UTF_8),
            new StringEncoder(StandardCharsets.UTF_8), new ControlHandler(commands, executor));
    }

    private void stop() {
        group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
        executor.shutdown();
        try {
            if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOGGER.warn("a command of the control socket is still at work");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops listening; commands that wait are ended, others finish. */
    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        stop();
        try {
            if (Files.exists(socket) && identity.equals(
                Files.readAttributes(socket, java.nio.file.attribute.BasicFileAttributes.class).fileKey())) {
                Files.deleteIfExists(socket);
            }
        } catch (final IOException e) {
            LOGGER.warn("cannot delete {}: {}", socket, e.getMessage());
        }
    }
}
