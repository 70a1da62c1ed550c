/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.aggregate.Aggregator;
import dev.peregrine.topology.window.TimeWindow;
import java.time.Duration;

/**
 * Which events of a key belong together. Immutable: each setting gives another one.
 *
 * <p>Windows go by event time and give their results when the watermark says that no more will come: the sources must make
 * watermarks ({@link SourceStreamlet#watermarks}).
 */
public final class Window {
    private final Shape shape;
    private final Duration lateness;

    private Window(final Shape shape, final Duration lateness) {
        this.shape = shape;
        this.lateness = lateness;
    }

    /** Makes the stage of a kind of window. */
    @FunctionalInterface
    private interface Shape {
        StageSupplier stage(KeySelector key, Aggregator aggregator, Duration lateness, boolean emitsLate);
    }

    private static StageSupplier time(
        final TimeWindow.Settings settings, final Aggregator aggregator, final Duration lateness,
        final boolean emitsLate) {
        final TimeWindow.Settings allowed = settings.allowedLateness(lateness);
        return (emitsLate ? allowed.lateOutput() : allowed).aggregate(aggregator);
    }

    /** Windows of a size that follow one another; they start at multiples of the size since 1970. */
    public static Window tumbling(final Duration size) {
        return sliding(size, size);
    }

    /** Windows of a size that start every slide. */
    public static Window sliding(final Duration size, final Duration slide) {
        return new Window((key, aggregator, lateness, emitsLate) ->
            time(TimeWindow.sliding(key, size, slide), aggregator, lateness, emitsLate), Duration.ZERO);
    }

    /** Keeps windows for so long after their end; what comes late within it gives a new result of its key. */
    public Window allowedLateness(final Duration value) {
        return new Window(shape, value);
    }

    StageSupplier stage(final KeySelector key, final Aggregator aggregator, final boolean emitsLate) {
        return shape.stage(key, aggregator, lateness, emitsLate);
    }
}
