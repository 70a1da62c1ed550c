/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A path by which a socket can be bound or connected to: the system takes about a hundred bytes, so a longer one leads
 * through a link in a temporary directory that only the owner can enter. Needed for the call only.
 */
final class SocketPath implements AutoCloseable {
    private static final int LONGEST = 100;

    private final Path path;
    /** Null if the path is short enough. */
    private final Path link;

    private SocketPath(final Path path, final Path link) {
        this.path = path;
        this.link = link;
    }

    static SocketPath to(final Path socket) throws IOException {
        final Path absolute = socket.toAbsolutePath();
        if (absolute.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST) {
            return new SocketPath(absolute, null);
        }
        final Path link = Files.createTempDirectory("prgn").resolve("d");
        try {
            Files.createSymbolicLink(link, absolute.getParent());
        } catch (final IOException e) {
            Files.deleteIfExists(link.getParent());
            throw e;
        }
        return new SocketPath(link.resolve(absolute.getFileName()), link);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        if (link != null) {
            Files.deleteIfExists(link);
            Files.deleteIfExists(link.getParent());
        }
    }
}
