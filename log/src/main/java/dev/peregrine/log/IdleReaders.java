/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The readers of a partition, watched by housekeeping: one that stands at records that it cannot get is named in the
 * log, with the reason. A reader that merely has not polled what is there, or has nothing to poll, is left alone. Readers
 * pay nothing: their positions are read from outside. What is public may be called from any thread.
 */
public final class IdleReaders {
    private static final Logger LOG = LoggerFactory.getLogger(IdleReaders.class);
    private static final long CHECK_INTERVAL_NS = 1_000_000_000;

    private final PartitionLog log;
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private volatile IdleReaderLimits limits = IdleReaderLimits.DEFAULT;
    private volatile long warnings;
    private volatile long errors;
    private boolean checked;
    private long checkedNs;

    IdleReaders(final PartitionLog log) {
        this.log = log;
    }

    /** What is known of one reader; all but the age belongs to housekeeping. */
    static final class Watch {
        private final PartitionReader reader;
        private long position = -1;
        private long sinceNs;
        private long spokenNs;
        private boolean warned;
        private volatile long ageNs;

        private Watch(final PartitionReader reader) {
            this.reader = reader;
        }

        /** For how long the reader has been seen unable to read, nanoseconds. */
        long ageNs() {
            return ageNs;
        }
    }

    Watch add(final PartitionReader reader) {
        final Watch watch = new Watch(reader);
        watches.add(watch);
        return watch;
    }

    void remove(final Watch watch) {
        watches.remove(watch);
    }

    /** Says when housekeeping speaks up. */
    public void limits(final IdleReaderLimits value) {
        limits = value;
    }

    /** When housekeeping speaks up. */
    public IdleReaderLimits limits() {
        return limits;
    }

    /** How often housekeeping has warned of a reader that could not get records that were there. */
    public long warnings() {
        return warnings;
    }

    /** How often such a warning has become an error. */
    public long errors() {
        return errors;
    }

    /** One duty cycle; looks at the readers once a second. */
    void doWork() {
        if (!watches.isEmpty()) {
            final long nowNs = System.nanoTime();
            if (!checked || nowNs - checkedNs >= CHECK_INTERVAL_NS) {
                check(nowNs);
            }
        }
    }

    void check(final long nowNs) {
        checked = true;
        checkedNs = nowNs;
        for (final Watch watch : watches) {
            check(watch, nowNs);
        }
    }

    private void check(final Watch watch, final long nowNs) {
        final long position = watch.reader.positionFromOutside();
        final ReadIsolation isolation = watch.reader.isolation();
        if (position != watch.position || !WaitReason.at(log, position, isolation, 0).isStall()) {
            watch.position = position;
            watch.sinceNs = nowNs;
            watch.spokenNs = nowNs;
            watch.warned = false;
            watch.ageNs = 0;
            return;
        }
        watch.ageNs = nowNs - watch.sinceNs;
        final IdleReaderLimits limit = limits;
        if (nowNs - watch.spokenNs >= limit.errorAfterNs()) {
            watch.spokenNs = nowNs;
            errors++; // housekeeping alone writes it
            LOG.error("{} has got nothing for {} s: {}", watch.reader.name(), seconds(watch.ageNs),
                WaitReason.at(log, position, isolation, watch.ageNs));
        } else if (!watch.warned && watch.ageNs >= limit.warnAfterNs()) {
            watch.warned = true;
            warnings++;
            LOG.warn("{} has got nothing for {} s: {}", watch.reader.name(), seconds(watch.ageNs),
                WaitReason.at(log, position, isolation, watch.ageNs));
        }
    }

    private static long seconds(final long ns) {
        return ns / 1_000_000_000;
    }
}
