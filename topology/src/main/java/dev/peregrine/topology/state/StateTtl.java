/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.state;

import org.agrona.concurrent.EpochNanoClock;

/**
 * How long an entry of keyed state lives after it was last written. An expired entry is invisible at once; its memory is
 * taken back a little in every epoch. The time that an expiry was judged by is kept with the state, so that after a
 * restart nothing that had expired is seen again.
 */
public final class StateTtl {
    /** Entries live until they are removed. */
    public static final StateTtl NEVER = new StateTtl(0, () -> 0);

    private final long durationNs;
    private final EpochNanoClock clock;

    private StateTtl(final long durationNs, final EpochNanoClock clock) {
        this.durationNs = durationNs;
        this.clock = clock;
    }

    /**
     * Entries live for a time by a clock of event or processing time, see {@code StageContext}.
     *
     * @param durationNs nanoseconds, positive.
     * @param clock      read at each access; a step back counts as standing still. {@link Long#MIN_VALUE} says that time
     *                   has not begun: what is written before lives for the duration from its first reading.
     */
    public static StateTtl of(final long durationNs, final EpochNanoClock clock) {
        if (durationNs <= 0) {
            throw new IllegalArgumentException("a time to live must be positive, but is " + durationNs + " ns");
        }
        return new StateTtl(durationNs, clock);
    }

    /** Nanoseconds; 0 for ever. */
    public long durationNs() {
        return durationNs;
    }

    /** Tells the time. */
    public EpochNanoClock clock() {
        return clock;
    }
}
