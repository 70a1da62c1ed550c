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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Reads the addresses of listeners and binds them; loopback only, since there is no authentication yet. */
public final class ListenAddress {
    private static final int MAX_PORT = 65_535;

    private ListenAddress() {
    }

    /** Reads {@code host:port} of a key. */
    public static InetSocketAddress parse(final String key, final String text) {
        final int colon = text.lastIndexOf(':');
        try {
            final int port = Integer.parseInt(text.substring(colon + 1));
            final InetAddress host = InetAddress.getByName(text.substring(0, Math.max(0, colon)));
            if (colon > 0 && port >= 0 && port <= MAX_PORT) {
                if (!host.isLoopbackAddress()) {
                    throw new ConfigurationException("peregrine.listeners." + key + " = \"" + text
                        + "\" is not a loopback address; listeners have no authentication yet, use 127.0.0.1");
                }
                return new InetSocketAddress(host, port);
            }
        } catch (final NumberFormatException | UnknownHostException e) {
            throw new ConfigurationException("peregrine.listeners." + key + " = \"" + text
                + "\" is no address; write e.g. \"127.0.0.1:8080\"", e);
        }
        throw new ConfigurationException("peregrine.listeners." + key + " = \"" + text
            + "\" is no address; write e.g. \"127.0.0.1:8080\"");
    }

    /** Binds; returns the listening channel. */
    public static Channel bind(final String key, final InetSocketAddress address, final ServerBootstrap bootstrap) {
        final ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new StorageException("peregrine.listeners." + key + ": cannot listen on "
                + address.getHostString() + ":" + address.getPort() + " (" + bound.cause().getMessage()
                + "): stop what uses the port, or choose another", bound.cause());
        }
        return bound.channel();
    }
}
