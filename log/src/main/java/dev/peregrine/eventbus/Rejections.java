/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.time.EngineClock;
import dev.peregrine.log.Frame;
import dev.peregrine.log.RecordOptions;
import java.util.Arrays;
import java.util.Objects;

/**
 * Counts how often the record that a partition's reader stays at was rejected, and takes it to the dead letters when that
 * is enough. The count is kept in memory: after a restart, or when the partition has moved, it starts again. Used by one
 * thread.
 */
final class Rejections {
    private final EventBus bus;
    private final Stream stream;
    private final String reader;
    /** By partition: where the record lies that was rejected last. */
    private final long[] positions;
    private final int[] attempts;
    private Frame current;
    private String cause;

    Rejections(final EventBus bus, final Stream stream, final String reader) {
        this.bus = bus;
        this.stream = stream;
        this.reader = reader;
        this.positions = new long[stream.partitions()];
        this.attempts = new int[stream.partitions()];
        Arrays.fill(positions, -1);
    }

    /** A handler is being handed a record. */
    void begin(final Frame frame) {
        current = frame;
        cause = null;
    }

    /** The handler has returned or thrown. */
    void end() {
        current = null;
    }

    void reject(final Frame frame, final String why) {
        if (frame != current) {
            throw new IllegalStateException("a record can be rejected only by the handler that it is being handed to");
        }
        cause = Objects.requireNonNull(why, "cause");
    }

    boolean isRejected() {
        return cause != null;
    }

    /** Whether the reader is to go on behind the record that was rejected; otherwise it is handed over again. */
    boolean isSettled(final int partition, final Frame frame) {
        if (positions[partition] != frame.position()) {
            positions[partition] = frame.position();
            attempts[partition] = 0;
        }
        attempts[partition]++;
        final DeadLetter to = stream.config().deadLetter();
        if (to.stream().isEmpty() || attempts[partition] < to.attempts()) {
            return false;
        }
        publish(to.stream(), partition, frame);
        positions[partition] = -1;
        return true;
    }

    /** The name is open only now: a partition that moves takes it along. */
    private void publish(final String to, final int partition, final Frame frame) {
        bus.provisionIfMissing(DeadLetters.configOf(to, stream.config()));
        final RecordOptions options = DeadLetters.options(stream, partition, reader, frame, cause, attempts[partition]);
        try (Publisher publisher =
            bus.publisher(to, "dead-letter." + stream.name() + "." + reader + "." + partition)) {
            publisher.publish(frame.keyHash(), frame.schemaId(), frame.templateId(), EngineClock.INSTANCE.nanoTime(),
                frame.buffer(), frame.payloadOffset(), frame.payloadLength(), options);
        }
    }
}
