/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The figures of the log: throughput, latency, forced writes, load shapes, and each part by itself. */
final class LogFigures {
    private static final String QUEUE = "chronicle-queue";
    private static final String IPC = "aeron-ipc";
    private static final String ARCHIVE = "aeron-archive";
    private static final String ARCHIVE_CRC = "aeron-archive-crc";
    private static final String KAFKA = "kafka";
    private static final String KAFKA_AT_ONCE = "kafka-at-once";
    private static final String DISTRIBUTED_LOG = "distributedlog";
    private static final String MEMORY = "limit-memory";
    private static final String DISK = "limit-disk";
    private static final String[] SIZES = {"32", "100", "1000"};
    private static final String SIZE = "100";
    private static final int[] PUBLISHERS = {1, 2, 4};
    private static final int[] WAITING_PUBLISHERS = {1, 8, 64};
    private static final String[] LEVELS = {"os", "interval", "sync"};
    private static final String SYNC = "sync";
    private static final String OS = "os";
    /** One publisher that waits for the disk cannot send more often than the disk answers: 200 to 2,000 times a second. */
    private static final String SYNC_RATE = "100";

    private final Effort effort;
    private final List<Figure> figures = new ArrayList<>();

    private LogFigures(final Effort effort) {
        this.effort = effort;
    }

    static List<Figure> all(final Effort effort) {
        final LogFigures log = new LogFigures(effort);
        log.append();
        log.through();
        log.tail();
        log.latency();
        log.sync();
        log.shapes();
        log.publish();
        log.poll();
        log.seek();
        log.pack();
        return log.figures;
    }

    /** Nobody reads. Peers take each size with one publisher, and several publishers at one size. */
    private void append() {
        for (final String bytes : SIZES) {
            for (final int publishers : PUBLISHERS) {
                final List<String> peers = new ArrayList<>(List.of(MEMORY));
                if (publishers == 1 || bytes.equals(SIZE)) {
                    peers.addAll(List.of(QUEUE, ARCHIVE));
                }
                if (publishers == 1) {
                    peers.addAll(List.of(ARCHIVE_CRC, KAFKA));
                }
                if (publishers == 1 && bytes.equals(SIZE)) {
                    peers.add(DISTRIBUTED_LOG);
                }
                add("log.append", "LogAppend.append", publishers, Map.of("bytes", bytes), peers);
            }
        }
    }

    private void through() {
        for (final String bytes : SIZES) {
            for (final int publishers : PUBLISHERS) {
                final List<String> peers = new ArrayList<>();
                if (publishers == 1 || publishers == 2 && bytes.equals(SIZE)) {
                    peers.addAll(List.of(QUEUE, IPC, ARCHIVE));
                }
                if (publishers == 1 && bytes.equals(SIZE)) {
                    peers.addAll(List.of(ARCHIVE_CRC, KAFKA));
                }
                add("log.through", "LogThrough.appendAndRead", publishers, Map.of("bytes", bytes), peers);
            }
        }
    }

    private void tail() {
        for (final String bytes : SIZES) {
            add("log.tail", "LogTail.read", 1, Map.of("bytes", bytes),
                bytes.equals(SIZE) ? List.of(QUEUE, KAFKA) : List.of(QUEUE));
        }
    }

    private void latency() {
        for (final String rate : List.of("100000", "1000000")) {
            add("log.latency", "LogLatency.writeToRead", 1,
                Map.of("bytes", SIZE, "rate", rate, "millis", effort.rigMillis()),
                rate.equals("100000") ? List.of(QUEUE, IPC, ARCHIVE, ARCHIVE_CRC, KAFKA_AT_ONCE)
                    : List.of(QUEUE, IPC, ARCHIVE, ARCHIVE_CRC));
        }
    }

    /** Acknowledged records a second, each on disk before its publisher goes on. */
    private void sync() {
        for (final int publishers : WAITING_PUBLISHERS) {
            add("log.sync", "LogAppend.append", publishers, Map.of("bytes", SIZE, "durability", SYNC),
                List.of(DISK, QUEUE, ARCHIVE, KAFKA_AT_ONCE, DISTRIBUTED_LOG));
        }
    }

    /** What a record may carry and a stream may check. */
    private void publish() {
        for (final String with : List.of("nothing", "options", "quota", "schema")) {
            add("log.publish", "LogPublish.record", 1, Map.of("with", with, "batch", "1"), List.of());
        }
        for (final String with : List.of("nothing", "options")) {
            for (final String batch : List.of("16", "256")) {
                add("log.publish", "LogPublish.batch", 1, Map.of("with", with, "batch", batch), List.of());
            }
        }
        for (final String with : List.of("nothing", "fragments")) {
            add("log.publish-1mib", "LogPublish.message", 1, Map.of("with", with, "batch", "1"), List.of());
        }
    }

    private void poll() {
        for (final String how : List.of("subscription", "controlled", "member")) {
            for (final String partitions : List.of("1", "8")) {
                poll("log.poll", how, partitions, "records");
            }
        }
        poll("log.poll", "backwards", "1", "records");
        poll("log.poll", "subscription", "1", "packed");
        poll("log.poll-1mib", "message", "1", "messages");
    }

    private void poll(final String name, final String how, final String partitions, final String holds) {
        add(name, "LogPoll." + how, 1, Map.of("how", how, "partitions", partitions, "holds", holds), List.of());
    }

    private void seek() {
        for (final String by : List.of("number", "time", "transactionId", "last")) {
            add("log.seek", "LogSeek." + by, 1, Map.of("by", by), List.of());
        }
    }

    private void pack() {
        for (final String doing : List.of("compress", "compact")) {
            add("log.pack", "LogPack.pack", 1, Map.of("doing", doing), List.of());
        }
    }

    private void shapes() {
        for (final String level : LEVELS) {
            shape("durable-writes", level, level.equals(SYNC) ? "1000" : "10000", "16", "1", peers(level));
        }
        for (final String level : LEVELS) {
            shape("tailing", level, tailRate(level), "1", "1", peers(level));
        }
        for (final String level : LEVELS) {
            shape("catch-up", level, tailRate(level), "1", "1",
                level.equals(OS) ? List.of(QUEUE, KAFKA_AT_ONCE) : List.of());
        }
        for (final String subscriptions : List.of("1", "8", "64")) {
            for (final String level : LEVELS) {
                shape("fan-out", level, level.equals(SYNC) ? SYNC_RATE : "10000", "1", subscriptions,
                    level.equals(OS) && !subscriptions.equals("8") ? peers(level) : List.of());
            }
        }
    }

    private static String tailRate(final String level) {
        return level.equals(SYNC) ? SYNC_RATE : "100000";
    }

    /** Readers of Chronicle Queue never wait for the disk, Kafka's not for an interval; the Archive has none. */
    private static List<String> peers(final String level) {
        return switch (level) {
            case OS -> List.of(QUEUE, ARCHIVE, KAFKA_AT_ONCE);
            case SYNC -> List.of(ARCHIVE, KAFKA_AT_ONCE);
            default -> List.of();
        };
    }

    private void shape(
        final String shape, final String level, final String rate, final String publishers,
        final String subscriptions, final List<String> peers) {
        add("log." + shape, "LogShape.run", 1, Map.of("durability", level, "rate", rate, "publishers", publishers,
            "subscriptions", subscriptions, "catchUp", Boolean.toString(shape.equals("catch-up")),
            "millis", effort.rigMillis()), peers);
    }

    private void add(
        final String name, final String benchmark, final int threads, final Map<String, String> params,
        final List<String> peers) {
        figures.addAll(Figure.ofAll(name, benchmark, threads, params, peers.toArray(new String[0])));
    }
}
