/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import dev.peregrine.Peregrine;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.Topology;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Lets a topology read streams that are written already, from their first record until all is committed. */
public final class DrainRun {
    private DrainRun() {
    }

    /**
     * What a run showed.
     *
     * @param seconds from when the sink was opened, the last stage to be so, until everything was committed.
     * @param results events that the sink got.
     * @param allocatedBytes heap bytes that the topology's threads allocated.
     */
    public record Outcome(double seconds, long results, long allocatedBytes) {
    }

    /**
     * Runs a topology of a name that is not used yet, and forgets it.
     *
     * @param topology puts it together with a sink that counts; one instance.
     */
    public static Outcome run(final Peregrine engine, final Function<StageSupplier, Topology> topology)
        throws InterruptedException {
        final AtomicLong startNs = new AtomicLong();
        final AtomicLong results = new AtomicLong();
        final RunningTopology running =
            engine.submit(topology.apply(() -> new CountingSink(startNs, results)));
        try {
            running.awaitDrained();
            final double seconds = (System.nanoTime() - startNs.get()) / (double) TimeUnit.SECONDS.toNanos(1);
            return new Outcome(seconds, results.get(), running.allocatedBytes());
        } finally {
            running.close();
            BenchDirectory.delete(engine.dataDirectory().resolve("topologies").resolve(running.name()));
        }
    }

    private static final class CountingSink implements Stage {
        private final AtomicLong startNs;
        private final AtomicLong results;
        private long count;

        CountingSink(final AtomicLong startNs, final AtomicLong results) {
            this.startNs = startNs;
            this.results = results;
        }

        @Override
        public void open(final StageContext context) {
            startNs.set(System.nanoTime());
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            count++;
        }

        @Override
        public void onEpoch(final long epoch, final Emitter out) {
            results.lazySet(count);
        }
    }
}
