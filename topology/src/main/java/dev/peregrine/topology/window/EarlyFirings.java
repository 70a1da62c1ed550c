/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.time.Timers;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.EpochNanoClock;

/** When windows fire before their end. Used by the instance's thread. */
final class EarlyFirings {
    private final long everyEvents;
    private final long everyNs;
    private final int kind;
    private Timers timers;
    private EpochNanoClock clock;

    /** Takes what the settings say; timers are set with a kind that is the stage's own. */
    EarlyFirings(final WindowSettings settings, final int kind) {
        this.everyEvents = settings.earlyEvents();
        this.everyNs = settings.earlyNs();
        this.kind = kind;
    }

    void open(final StageContext context) {
        if (everyNs > 0) {
            timers = context.timers();
            clock = context.processingClock();
        }
    }

    /** Whether so many events since the last firing are enough. */
    boolean isDue(final long events) {
        return everyEvents > 0 && events >= everyEvents;
    }

    boolean isTimed() {
        return everyNs > 0;
    }

    /** Sets the timer at which what belongs to a key shall fire. */
    void schedule(final DirectBuffer key, final int offset, final int length) {
        final long nextNs = (Math.floorDiv(clock.nanoTime(), everyNs) + 1) * everyNs;
        timers.atProcessingTime(kind, nextNs, key, offset, length);
    }
}
