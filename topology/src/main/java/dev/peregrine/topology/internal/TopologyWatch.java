/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.counters.CountersFile;
import dev.peregrine.topology.BackPressure;
import dev.peregrine.topology.FigureNames;
import dev.peregrine.topology.HungStage;
import java.util.List;

/** Looks after one running topology. {@link #look} is for one thread, none of the topology's; the rest for any. */
final class TopologyWatch {
    private final TopologyFigures figures;
    private final Watchdog watchdog;
    private final BackPressureWatch backPressure;

    TopologyWatch(
        final String topology, final List<TopologyThread> threads, final List<Edge> edges, final TopologyFigures figures,
        final WatchLimits limits) {
        this.figures = figures;
        this.watchdog = new Watchdog(topology, threads, edges, limits.hungAfterNs());
        this.backPressure = new BackPressureWatch(topology, threads, edges, limits.backPressureShare());
        figures.add(FigureNames.HUNG_THREADS, watchdog::count);
        for (final TopologyThread thread : threads) {
            for (final StageInstance instance : thread.instances()) {
                figures.add(instance.component(), instance.task(), FigureNames.BACK_PRESSURE_PERMILLE,
                    () -> backPressure.permille(instance));
            }
        }
    }

    /** Shows the topology's figures in a file until they are closed. */
    void showIn(final CountersFile file) {
        figures.showIn(file);
    }

    void look(final long nowNs) {
        watchdog.look(nowNs);
        backPressure.look(nowNs);
        figures.update();
    }

    List<HungStage> hung() {
        return watchdog.now();
    }

    BackPressure backPressure() {
        return backPressure.now();
    }
}
