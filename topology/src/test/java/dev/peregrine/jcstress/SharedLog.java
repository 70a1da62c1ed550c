/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.jcstress;

import dev.peregrine.log.Appender;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One log for all samples of a test's process; it lives under the working directory and is truncated as it grows. */
final class SharedLog {
    private static final int SEGMENT_LENGTH = 16 << 20;
    private static final PartitionLog LOG = open();

    private SharedLog() {
    }

    private static PartitionLog open() {
        try {
            final Path directory = Files.createTempDirectory(Path.of("").toAbsolutePath(), "log");
            Runtime.getRuntime().addShutdownHook(
                new Thread(() -> org.agrona.IoUtil.delete(directory.toFile(), true)));
            return PartitionLog.open(PartitionConfig.of(directory, "jcstress").withSegmentLength(SEGMENT_LENGTH)
                .withHoleTimeout(0));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PartitionLog log() {
        return LOG;
    }

    static Appender newAppender(final long producer) {
        // samples in flight lie within the last few segments
        LOG.truncateBefore(LOG.appendedPosition() - 8L * SEGMENT_LENGTH);
        return LOG.newAppender(producer);
    }
}
