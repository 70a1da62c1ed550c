/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Transport;
import java.nio.file.Path;

/** The logs that are measured, by the name that stands in parameter {@code subject}. */
final class LogTransports {
    private LogTransports() {
    }

    static Transport open(final String subject, final Path directory) {
        return switch (subject) {
            case "peregrine" -> new PartitionLogTransport(directory);
            case "chronicle-queue" -> new ChronicleQueueTransport(directory);
            case "aeron-ipc" -> new AeronTransport(directory, false);
            case "aeron-archive" -> new AeronTransport(directory, true);
            default -> throw new IllegalArgumentException("no such log: " + subject);
        };
    }
}
