/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Payload;
import dev.peregrine.bench.rig.Transport;
import dev.peregrine.log.Durability;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/** The logs that are measured, by the name that stands in parameter {@code subject}. */
final class LogTransports {
    private static final int FIRST = 10;
    private static final long SETTLE_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private LogTransports() {
    }

    static Transport open(final String subject, final Path directory) {
        return open(subject, directory, "os");
    }

    /** Sends so many payloads. */
    static void fill(final Transport.Sender sender, final int bytes, final int count) {
        final UnsafeBuffer payload = Payload.of(bytes);
        for (int i = 0; i < count; i++) {
            sender.send(payload, bytes);
        }
        sender.flush();
    }

    /**
     * One that is already at work: what it does once, at its first records, such as allocating files ahead, is over.
     */
    static Transport openAtWork(final String subject, final Path directory, final String level, final int bytes) {
        final Transport log = open(subject, directory, level);
        if (subject.startsWith("limit")) {
            return log;
        }
        try (Transport.Sender sender = log.newSender()) {
            fill(sender, bytes, FIRST);
        }
        LockSupport.parkNanos(SETTLE_NS);
        return log;
    }

    /** One of them at a level of durability: os, interval or sync. */
    static Transport open(final String subject, final Path directory, final String level) {
        final Durability durability = Durability.valueOf(level.toUpperCase(Locale.ROOT));
        return switch (subject) {
            case "peregrine" -> new PartitionLogTransport(directory, durability);
            case "limit-memory" -> new MemoryLimit();
            case "limit-disk" -> new DiskLimit(directory);
            case "chronicle-queue" -> new ChronicleQueueTransport(directory, durability);
            case "aeron-ipc" -> new AeronTransport(null, false, durability);
            case "aeron-archive" -> new AeronTransport(directory, false, durability);
            case "aeron-archive-crc" -> new AeronTransport(directory, true, durability);
            case "kafka" -> new KafkaTransport(directory, durability, true);
            case "kafka-at-once" -> new KafkaTransport(directory, durability, false);
            case "distributedlog" -> new DistributedLogTransport(directory, durability);
            default -> throw new IllegalArgumentException("no such log: " + subject);
        };
    }
}
