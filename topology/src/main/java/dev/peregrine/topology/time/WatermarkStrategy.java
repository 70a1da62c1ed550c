/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.time;

import dev.peregrine.core.error.ConfigurationException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * How a source tells how far event time has come. Its watermark is the minimum, over the partitions that are not idle, of
 * the highest event time met there less the bound. Immutable.
 */
public final class WatermarkStrategy implements Serializable {
    private static final long serialVersionUID = 1;
    private static final long NEVER = Long.MAX_VALUE;

    private final long boundNs;
    private final long idleAfterNs;
    private final TimestampExtractor extractor;

    private WatermarkStrategy(final long boundNs, final long idleAfterNs, final TimestampExtractor extractor) {
        this.boundNs = boundNs;
        this.idleAfterNs = idleAfterNs;
        this.extractor = extractor;
    }

    /** For partitions whose event times never go back. */
    public static WatermarkStrategy monotone() {
        return boundedOutOfOrderness(Duration.ZERO);
    }

    /** For partitions in which an event may come behind others that are later by up to a bound. */
    public static WatermarkStrategy boundedOutOfOrderness(final Duration bound) {
        return new WatermarkStrategy(positive("bound", bound), NEVER, null);
    }

    /** Takes event times from the payload, not from the time of publishing. */
    public WatermarkStrategy withTimestamps(final TimestampExtractor value) {
        return new WatermarkStrategy(boundNs, idleAfterNs, value);
    }

    /**
     * Lets partitions that have brought no event for so long, by the clock, hold the watermark up no longer. When they
     * bring one again it may be late. Without this a partition without events stops event time for good.
     */
    public WatermarkStrategy withIdleness(final Duration timeout) {
        final long timeoutNs = positive("idle timeout", timeout);
        if (timeoutNs == 0) {
            throw new ConfigurationException("the idle timeout of a watermark must be more than 0");
        }
        return new WatermarkStrategy(boundNs, timeoutNs, extractor);
    }

    private static long positive(final String what, final Duration value) {
        if (value.isNegative()) {
            throw new ConfigurationException("the " + what + " of a watermark must not be negative: " + value);
        }
        return value.toNanos();
    }

    /** By how much an event may come behind others of its partition, nanoseconds. */
    public long boundNs() {
        return boundNs;
    }

    /** After how many nanoseconds without an event a partition is idle; {@link Long#MAX_VALUE} for never. */
    public long idleAfterNs() {
        return idleAfterNs;
    }

    /** What reads the event time from the payload; empty if it is the time of publishing. */
    public Optional<TimestampExtractor> extractor() {
        return Optional.ofNullable(extractor);
    }
}
