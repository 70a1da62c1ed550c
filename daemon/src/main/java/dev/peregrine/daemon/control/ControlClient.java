/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Asks the daemon that has a data directory. */
public final class ControlClient {
    private static final int MAX_REPLY = 16 << 20;

    private final Path directory;
    private final long timeoutNs;

    /**
     * A client.
     *
     * @param directory the data directory.
     * @param timeoutMs how long an answer may take, milliseconds; 0 is for ever.
     */
    public ControlClient(final Path directory, final long timeoutMs) {
        this.directory = directory;
        this.timeoutNs = timeoutMs == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }

    /**
     * Asks and waits for the answer.
     *
     * @throws ConfigurationException if no daemon has the data directory.
     * @throws PeregrineException if it does not answer.
     */
    public ControlReply ask(final ControlRequest request) {
        final Path socket = directory.resolve(ControlListener.SOCKET);
        if (!Files.exists(socket)) {
            throw new ConfigurationException(Files.isDirectory(directory)
                ? "no daemon runs on " + directory + ": start one by 'peregrine run CONFIG'"
                : "there is no data directory " + directory);
        }
        try (SocketPath path = SocketPath.to(socket);
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            Selector selector = Selector.open()) {
            channel.connect(UnixDomainSocketAddress.of(path.path()));
            final ByteBuffer line = ByteBuffer.wrap(
                (ControlHandler.JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            return parse(read(channel, selector));
        } catch (final ConnectException e) {
            throw new ConfigurationException("no daemon runs on " + directory
                + " (one that was killed has left its socket): start one by 'peregrine run CONFIG'", e);
        } catch (final IOException e) {
            throw new StorageException("cannot talk to the daemon by " + socket + ": " + e.getMessage(), e);
        }
    }

    private byte[] read(final SocketChannel channel, final Selector selector) throws IOException {
        final ByteArrayOutputStream answer = new ByteArrayOutputStream();
        final ByteBuffer piece = ByteBuffer.allocate(8_192);
        final long startNs = System.nanoTime();
        while (true) {
            final long leftMs = TimeUnit.NANOSECONDS.toMillis(timeoutNs - (System.nanoTime() - startNs));
            if (leftMs <= 0) {
                throw new PeregrineException("the daemon on " + directory + " has not answered for "
                    + TimeUnit.NANOSECONDS.toSeconds(timeoutNs) + " s; it may still do what it was asked for");
            }
            selector.select(leftMs);
            selector.selectedKeys().clear();
            final int length = channel.read(piece.clear());
            if (length < 0) {
                return answer.toByteArray();
            }
            answer.write(piece.array(), 0, length);
            if (answer.size() > MAX_REPLY) {
                throw new PeregrineException(
                    "the daemon on " + directory + " has answered more than " + MAX_REPLY + " bytes");
            }
        }
    }

    private ControlReply parse(final byte[] answer) {
        try {
            if (answer.length > 0) {
                return ControlHandler.JSON.readValue(answer, ControlReply.class);
            }
        } catch (final JsonProcessingException e) {
            throw new PeregrineException("the daemon on " + directory + " gave an answer that is none: "
                + e.getOriginalMessage(), e);
        } catch (final IOException e) {
            throw new StorageException(e.getMessage(), e);
        }
        throw new PeregrineException("the daemon on " + directory + " has ended before it answered");
    }
}
