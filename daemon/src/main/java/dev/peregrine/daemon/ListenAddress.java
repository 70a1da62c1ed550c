/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StorageException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Reads the addresses of listeners and binds them; loopback only, since there is no authentication yet. */
public final class ListenAddress {
    private static final int MAX_PORT = 65_535;
    /** Bytes read from a connection before the next has its turn. */
    private static final int READ_BYTES = 4 << 10;

    private ListenAddress() {
    }

    /**
     * Reads {@code host:port}. No name is looked up: the host is a number or {@code localhost}.
     *
     * @param key what the address belongs to, for the message.
     * @throws ConfigurationException if it is no address, or not one of the loopback interface.
     */
    public static InetSocketAddress parse(final String key, final String text) {
        final int colon = text.lastIndexOf(':');
        final InetAddress host = host(colon < 0 ? "" : text.substring(0, colon));
        final int port = port(text.substring(colon + 1));
        if (host == null || port < 0) {
            throw new ConfigurationException(key + " = \"" + text
                + "\" is no address; write e.g. \"127.0.0.1:8080\", a number and not a name");
        }
        if (!host.isLoopbackAddress()) {
            throw new ConfigurationException(key + " = \"" + text
                + "\" is not a loopback address; listeners have no authentication yet, use 127.0.0.1");
        }
        return new InetSocketAddress(host, port);
    }

    private static InetAddress host(final String text) {
        if ("localhost".equals(text)) {
            return NetUtil.LOCALHOST4;
        }
        final boolean bracketed = text.startsWith("[") && text.endsWith("]");
        final byte[] bytes = NetUtil.createByteArrayFromIpAddressString(
            bracketed ? text.substring(1, text.length() - 1) : text);
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (final java.net.UnknownHostException e) {
            throw new IllegalStateException("neither 4 nor 16 bytes", e);
        }
    }

    private static int port(final String text) {
        try {
            final int port = Integer.parseInt(text);
            return port <= MAX_PORT ? port : -1;
        } catch (final NumberFormatException e) {
            return -1;
        }
    }

    /**
     * Binds; returns the listening channel. One thread serves all connections of a listener: each is read a little at a
     * time, or one that sends many requests at once would be served all of them before the others had their turn.
     */
    public static Channel bind(final String key, final InetSocketAddress address, final ServerBootstrap bootstrap) {
        final ChannelFuture bound = bootstrap.childOption(ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(1)).bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new StorageException(key + ": cannot listen on " + NetUtil.toSocketAddressString(address) + " ("
                + bound.cause().getMessage() + "): stop what uses the port, or choose another", bound.cause());
        }
        return bound.channel();
    }
}
