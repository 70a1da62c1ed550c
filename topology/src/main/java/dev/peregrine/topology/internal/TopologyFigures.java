/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.counters.CountedHistogram;
import dev.peregrine.core.counters.CounterLabel;
import dev.peregrine.core.counters.CountersFile;
import dev.peregrine.core.counters.HistogramBuckets;
import dev.peregrine.topology.FigureNames;
import dev.peregrine.topology.RunningTopology.CounterValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * All figures of one topology. Instances count in their own memory; {@link #update}, called some times a second by a thread
 * that is none of the topology's, carries the figures over into the counters file. Safe for many threads.
 */
final class TopologyFigures {
    private final String topology;
    private final TopologyThread[] threads;
    private final long[] latencies = new long[HistogramBuckets.COUNT];
    private final List<Figure> figures = new ArrayList<>();
    /** Figures of the whole, whose component is empty. */
    private final List<Figure> ofTopology = new ArrayList<>();
    /** What {@link #values} shows once the instances are gone. */
    private List<CounterValue> last;
    /** Null while the figures are in no file. */
    private CountersFile file;
    private CountedHistogram histogram;

    /** A figure and, if it stands in a file, where. */
    private static final class Figure {
        private final String component;
        private final int task;
        private final String name;
        private final LongSupplier value;
        private AtomicCounter counter;

        Figure(final String component, final int task, final String name, final LongSupplier value) {
            this.component = component;
            this.task = task;
            this.name = name;
            this.value = value;
        }

        CounterValue now() {
            return new CounterValue(component, task, name, value.getAsLong());
        }
    }

    private TopologyFigures(final String topology, final List<TopologyThread> threads) {
        this.topology = topology;
        this.threads = threads.toArray(TopologyThread[]::new);
    }

    /** The figures of a topology and its instances, by component. */
    static TopologyFigures of(
        final TopologyRuntime topology, final List<TopologyThread> threads, final Map<String, List<LogSource>> sources,
        final Map<String, List<StageInstance>> instances, final List<Edge> edges) {
        final TopologyFigures figures = new TopologyFigures(topology.name(), threads);
        figures.add(FigureNames.EVENTS_COMMITTED, topology::eventsCommitted);
        figures.add(FigureNames.LAG_BYTES, topology::lagBytes);
        figures.add(FigureNames.THREADS, threads::size);
        figures.add(FigureNames.ACTIVE, () -> topology.isActive() ? 1 : 0);
        figures.add(FigureNames.HAS_FAILED, () -> topology.failure() == null ? 0 : 1);
        sources.forEach((name, list) -> {
            for (int task = 0; task < list.size(); task++) {
                list.get(task).addFigures(name, task, figures);
            }
        });
        instances.forEach((name, list) -> list.forEach(instance -> {
            instance.addFigures(figures);
            RingFigures.of(edges, instance).add(figures);
        }));
        return figures;
    }

    /** Adds a figure of an instance. May be called while others look. */
    synchronized void add(final String component, final int task, final String name, final LongSupplier value) {
        final Figure figure = new Figure(component, task, name, value);
        figures.add(figure);
        show(figure);
    }

    /** Adds a figure of the whole topology. */
    synchronized void add(final String name, final LongSupplier value) {
        final Figure figure = new Figure("", 0, name, value);
        ofTopology.add(figure);
        show(figure);
    }

    /** Shows the figures in a file from now on, until {@link #close}. */
    synchronized void showIn(final CountersFile value) {
        if (last != null) {
            return;
        }
        file = value;
        ofTopology.forEach(this::show);
        figures.forEach(this::show);
        histogram = file.newHistogram(FigureNames.LATENCY_TYPE, CounterLabel.of(topology, FigureNames.LATENCY));
    }

    private void show(final Figure figure) {
        if (file != null) {
            figure.counter = figure.component.isEmpty()
                ? file.newCounter(FigureNames.TOPOLOGY_TYPE, CounterLabel.of(topology, figure.name))
                : file.newCounter(FigureNames.INSTANCE_TYPE,
                    CounterLabel.of(topology, figure.component, Integer.toString(figure.task), figure.name));
        }
    }

    /** Carries the figures over into the file. */
    synchronized void update() {
        if (file == null) {
            return;
        }
        update(ofTopology);
        update(figures);
        if (histogram != null) {
            sumLatencies();
            histogram.set(latencies);
        }
    }

    private static void update(final List<Figure> list) {
        for (int i = 0; i < list.size(); i++) {
            final Figure figure = list.get(i);
            if (figure.counter != null) {
                figure.counter.setOrdered(figure.value.getAsLong());
            }
        }
    }

    private void sumLatencies() {
        Arrays.fill(latencies, 0);
        for (int i = 0; i < threads.length; i++) {
            threads[i].latency().addTotals(latencies);
        }
    }

    /** The figures of all instances. */
    synchronized List<CounterValue> values() {
        return last != null ? last : figures.stream().map(Figure::now).toList();
    }

    /** How many latencies fell into each bucket in this run; see {@link HistogramBuckets}. */
    synchronized long[] latencies() {
        sumLatencies();
        return latencies.clone();
    }

    /** To be called before the instances go: the figures stay as they are now, and leave the file. */
    synchronized void close() {
        last = values();
        if (file != null) {
            ofTopology.forEach(this::hide);
            figures.forEach(this::hide);
            if (histogram != null) {
                file.free(histogram);
            }
            file = null;
        }
    }

    private void hide(final Figure figure) {
        if (figure.counter != null) {
            file.free(figure.counter);
            figure.counter = null;
        }
    }
}
