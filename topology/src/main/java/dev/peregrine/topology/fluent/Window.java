/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.aggregate.Aggregator;
import dev.peregrine.topology.window.CountWindow;
import dev.peregrine.topology.window.SessionWindow;
import dev.peregrine.topology.window.TimeWindow;
import dev.peregrine.topology.window.WindowSettings;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Which events of a key belong together. Immutable: each setting gives another one.
 *
 * <p>Windows go by event time and give their results when the watermark says that no more will come: the sources must make
 * watermarks ({@link SourceStreamlet#watermarks}). Those of a number of events go by the order in which events come.
 */
public final class Window {
    /** Begins the settings of a window in time; null for one of a number of events. */
    private final Function<KeySelector, WindowSettings> inTime;
    private final UnaryOperator<WindowSettings> settings;
    private final long size;
    private final long slide;

    private Window(
        final Function<KeySelector, WindowSettings> inTime, final UnaryOperator<WindowSettings> settings,
        final long size, final long slide) {
        this.inTime = inTime;
        this.settings = settings;
        this.size = size;
        this.slide = slide;
    }

    private static Window inTime(final Function<KeySelector, WindowSettings> begin) {
        return new Window(begin, UnaryOperator.identity(), 0, 0);
    }

    /** Windows of a size that follow one another; they start at multiples of the size since 1970. */
    public static Window tumbling(final Duration size) {
        return sliding(size, size);
    }

    /** Windows of a size that start every slide. */
    public static Window sliding(final Duration size, final Duration slide) {
        return inTime(key -> TimeWindow.sliding(key, size, slide));
    }

    /** Windows of events less than a gap apart. */
    public static Window session(final Duration gap) {
        return inTime(key -> SessionWindow.of(key, gap));
    }

    /** Windows of a number of events that follow one another; one that is not full gives no result. */
    public static Window ofEvents(final long size) {
        return ofEvents(size, size);
    }

    /** After every slide events the last size events, or all that there were if they are fewer. */
    public static Window ofEvents(final long size, final long slide) {
        return new Window(null, UnaryOperator.identity(), size, slide);
    }

    private Window with(final UnaryOperator<WindowSettings> more) {
        if (inTime == null) {
            throw new ConfigurationException("a window of a number of events is never early or late");
        }
        return new Window(inTime, before -> more.apply(settings.apply(before)), size, slide);
    }

    /** Keeps windows for so long after their end; what comes late within it gives a new result of its key. */
    public Window allowedLateness(final Duration value) {
        return with(before -> before.allowedLateness(value));
    }

    /** Also gives a key's result after every so many events of its window. */
    public Window earlyEvery(final long events) {
        return with(before -> before.earlyEvery(events));
    }

    /** Also gives the results of windows that have got events, every so often by the clock. */
    public Window earlyEvery(final Duration interval) {
        return with(before -> before.earlyEvery(interval));
    }

    /** Lets each result tell of the events since the one before only. */
    public Window discarding() {
        return with(WindowSettings::discarding);
    }

    StageSupplier stage(final KeySelector key, final Aggregator aggregator, final boolean emitsLate) {
        if (inTime == null && emitsLate) {
            throw new ConfigurationException("no event is too late for a window of a number of events");
        }
        if (inTime == null) {
            return CountWindow.sliding(key, size, slide).aggregate(aggregator);
        }
        final WindowSettings made = settings.apply(inTime.apply(key));
        return (emitsLate ? made.lateOutput() : made).aggregate(aggregator);
    }
}
