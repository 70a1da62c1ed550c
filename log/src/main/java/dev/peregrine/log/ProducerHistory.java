/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/** Where each producer has come to in a partition, read from the log itself. Safe for use by many threads. */
final class ProducerHistory {
    private final PartitionLog log;
    /** Of appenders that were closed in this process, by producer id: the log hides them behind claims that are open. */
    private final ConcurrentHashMap<Long, Long> lastTransactionIds = new ConcurrentHashMap<>();

    ProducerHistory(final PartitionLog log) {
        this.log = log;
    }

    long lastSequence(final long producerId) {
        return last(producerId, Frame::sequence);
    }

    /** Nobody goes by the id 0, so nothing binds it. */
    long lastTransactionId(final long producerId) {
        final Long known = lastTransactionIds.get(producerId);
        if (known != null) {
            return known;
        }
        return producerId == 0 ? -1 : last(producerId, Frame::transactionId);
    }

    void rememberTransactionId(final long producerId, final long transactionId) {
        if (producerId != 0) {
            lastTransactionIds.merge(producerId, transactionId, Math::max);
        }
    }

    /** Greatest number among a producer's frames in the last segment in which one of them is not negative, or -1. */
    private long last(final long producerId, final ToLongFunction<Frame> number) {
        final long[] last = {-1};
        final FrameHandler handler = frame -> {
            if (frame.producerId() == producerId) {
                last[0] = Math.max(last[0], number.applyAsLong(frame));
            }
        };
        long base = log.appendedPosition() & -(long) log.config().segmentLength();
        while (last[0] < 0 && base >= log.startPosition()) {
            try (PartitionReader reader = log.newUnnumberedReader(base)) {
                while (reader.position() < base + log.config().segmentLength() && reader.poll(handler, 1) > 0) {
                    // the handler does the work; one frame at a time, to stop at the segment's end
                }
            }
            base -= log.config().segmentLength();
        }
        return last[0];
    }
}
