/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stat;

import dev.peregrine.topology.FigureNames;
import java.util.Map;

/**
 * The figures of one instance.
 *
 * @param topology its topology.
 * @param component its component.
 * @param task its number there.
 * @param figures by the names in {@link FigureNames}, and by those of counters that the stage makes.
 */
record InstanceReading(String topology, String component, int task, Map<String, Long> figures) {
    /** A figure, or 0 where the instance has none of that name. */
    long get(final String name) {
        return figures.getOrDefault(name, 0L);
    }

    boolean has(final String name) {
        return figures.containsKey(name);
    }

    String name() {
        return component + "[" + task + "]";
    }

    /** Time in the stage itself for each event, ns; 0 where none was timed. */
    long nsPerEvent() {
        final long events = get(FigureNames.TIMED_EVENTS);
        return events == 0 ? 0 : get(FigureNames.TIMED_NS) / events;
    }

    /** The increase of a figure since an earlier reading; all of it if the instance is newer. */
    long since(final InstanceReading before, final String name) {
        return before == null ? get(name) : Math.max(0, get(name) - before.get(name));
    }
}
