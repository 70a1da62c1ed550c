/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether readers of a log pass damage, and the ranges that they have passed, each logged once. Used by any thread. */
final class Damage {
    private static final Logger LOG = LoggerFactory.getLogger(Damage.class);

    private final String log;
    private final Set<Long> passed = ConcurrentHashMap.newKeySet();
    private volatile boolean skipped;

    Damage(final String log) {
        this.log = log;
    }

    boolean isSkipped() {
        return skipped;
    }

    void skipped(final boolean value) {
        skipped = value;
    }

    /** How many ranges were passed, whatever the number of readers. */
    long ranges() {
        return passed.size();
    }

    void passed(final long from, final long to) {
        if (passed.add(from)) {
            LOG.error("log {} is damaged: readers pass positions {} to {}; 'peregrine log verify' says more",
                log, from, to);
        }
    }

    /**
     * Where the next intact frame of a segment starts.
     *
     * @param from where a damaged frame starts.
     * @param limit position up to which is searched, at most the segment's end.
     * @return the limit if there is none before it.
     */
    static long endIn(final Segment segment, final FrameChecksum checksum, final long from, final long limit) {
        long position = from + FrameDescriptor.ALIGNMENT;
        while (position < limit) {
            final int offset = segment.offsetOf(position);
            final int length = segment.buffer().getIntAcquire(offset + FrameDescriptor.LENGTH_OFFSET);
            if (length > 0 && checksum.isIntact(segment, offset, length)) {
                return position;
            }
            position += FrameDescriptor.ALIGNMENT;
        }
        return limit;
    }
}
