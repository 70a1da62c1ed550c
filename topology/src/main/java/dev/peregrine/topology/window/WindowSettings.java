/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.aggregate.Aggregator;
import java.io.Serializable;
import java.time.Duration;

/**
 * What windows in event time are made from, as {@link TimeWindow} and {@link SessionWindow} begin it; each change gives
 * another one.
 */
public final class WindowSettings implements Serializable {
    private static final long serialVersionUID = 1;

    private final KeySelector selector;
    private final Maker maker;
    private final long latenessNs;
    private final boolean emitsLate;
    private final long earlyEvents;
    private final long earlyNs;
    private final boolean discarding;

    private WindowSettings(
        final KeySelector selector, final Maker maker, final long latenessNs, final boolean emitsLate,
        final long earlyEvents, final long earlyNs, final boolean discarding) {
        this.selector = selector;
        this.maker = maker;
        this.latenessNs = latenessNs;
        this.emitsLate = emitsLate;
        this.earlyEvents = earlyEvents;
        this.earlyNs = earlyNs;
        this.discarding = discarding;
    }

    /** Makes the stage of one instance. */
    @FunctionalInterface
    interface Maker extends Serializable {
        Stage make(WindowSettings settings, Aggregator aggregator);
    }

    static WindowSettings of(final KeySelector selector, final Maker maker) {
        return new WindowSettings(selector, maker, 0, false, 0, 0, false);
    }

    /** Nanoseconds of a duration that must not be 0 or less. */
    static long positive(final String what, final Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new ConfigurationException(what + " must be more than 0, not " + value);
        }
        return value.toNanos();
    }

    /** Keeps windows for so long after their end, for events that come late; each of them emits the result anew. */
    public WindowSettings allowedLateness(final Duration value) {
        if (value.isNegative()) {
            throw new ConfigurationException("the allowed lateness of a window must not be negative: " + value);
        }
        return new WindowSettings(selector, maker, value.toNanos(), emitsLate, earlyEvents, earlyNs, discarding);
    }

    /** Sends events for which every window has been dropped to the output {@value TimeWindow#LATE}. */
    public WindowSettings lateOutput() {
        return new WindowSettings(selector, maker, latenessNs, true, earlyEvents, earlyNs, discarding);
    }

    /** Emits a key's result early, after every so many events that its window has got since the last time. */
    public WindowSettings earlyEvery(final long events) {
        if (events < 1) {
            throw new ConfigurationException("a window can fire early after 1 event and more, not " + events);
        }
        return new WindowSettings(selector, maker, latenessNs, emitsLate, events, earlyNs, discarding);
    }

    /**
     * Emits the results early of all keys and windows that have got events since the last time, at each multiple of an
     * interval of processing time. Keys must then be 16 bytes shorter than timers' keys may be.
     */
    public WindowSettings earlyEvery(final Duration interval) {
        return new WindowSettings(selector, maker, latenessNs, emitsLate, earlyEvents,
            positive("the interval at which a window fires early", interval), discarding);
    }

    /**
     * Lets each firing tell only of the events since the one before; a window that got none does not fire again. Without
     * it each firing tells of all events of the window so far.
     */
    public WindowSettings discarding() {
        return new WindowSettings(selector, maker, latenessNs, emitsLate, earlyEvents, earlyNs, true);
    }

    /** The stage that aggregates. */
    public StageSupplier aggregate(final Aggregator aggregator) {
        final WindowSettings settings = this;
        return () -> settings.maker.make(settings, aggregator.forInstance());
    }

    KeySelector selector() {
        return selector;
    }

    long latenessNs() {
        return latenessNs;
    }

    boolean emitsLate() {
        return emitsLate;
    }

    long earlyEvents() {
        return earlyEvents;
    }

    long earlyNs() {
        return earlyNs;
    }

    boolean isDiscarding() {
        return discarding;
    }

    /** Whether a window can do with one result at its end, and anew for late events. */
    boolean isPlain() {
        return earlyEvents == 0 && earlyNs == 0 && !discarding;
    }
}
