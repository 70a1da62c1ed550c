/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.store.Cache;
import dev.peregrine.store.TableConfig;
import dev.peregrine.store.TableStore;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.internal.CommitLog;
import dev.peregrine.topology.internal.CorePool;
import dev.peregrine.topology.internal.Plan;
import dev.peregrine.topology.internal.RuntimeHost;
import dev.peregrine.topology.internal.RuntimeProbe;
import dev.peregrine.topology.internal.TopologyRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;

/**
 * Streams, tables and one topology over a directory, without a thread: the caller gives the topology's threads their turns.
 * Used by one thread.
 */
final class SteppedEngine implements AutoCloseable {
    private static final int TOPOLOGY_SEGMENT = 1 << 20;

    private final EventBus bus;
    private final TableStore tables;
    private final TopologyRuntime runtime;
    private final List<? extends Agent> agents;
    private final boolean[] atWork;
    private final RuntimeProbe probe;
    private final IntUnaryOperator choice;
    private final Runnable onWait;
    private PartitionLog unowned;

    SteppedEngine(
        final Path directory, final FilesFacade files, final Topology topology, final List<StreamConfig> streams,
        final List<String> tableNames, final Map<String, Cache> caches, final ManualClock clock,
        final int ringSlots,
        final IntUnaryOperator choice, final Runnable onWait) {
        this.choice = choice;
        this.onWait = onWait;
        clock.restart();
        EventBus openedBus = null;
        TableStore openedTables = null;
        try {
            openedBus = EventBus.open(directory.resolve("streams"), files);
            streams.forEach(openedBus::provision);
            unowned = PartitionLog.open(PartitionConfig.of(directory.resolve("topology"), "topology " + topology.name())
                .withSegmentLength(TOPOLOGY_SEGMENT).withFiles(files));
            final long committed = CommitLog.lastCommittedEpoch(unowned);
            openedTables = TableStore.open(directory.resolve("tables"), files, producer -> committed);
            for (final String table : tableNames) {
                openedTables.provision(TableConfig.of(table));
            }
            runtime = new TopologyRuntime(topology, openedBus, openedTables, name -> cache(caches, name), unowned,
                Plan.of(topology, 1), CorePool.none(),
                new RuntimeHost(clock::wallNs, clock::monotonicNs, OthersTurn::new, clock::advance, ringSlots));
            unowned = null;
        } catch (final RuntimeException e) {
            CloseHelper.quietCloseAll(unowned, openedTables, openedBus);
            throw e;
        }
        bus = openedBus;
        tables = openedTables;
        agents = runtime.agents();
        probe = new RuntimeProbe(runtime);
        atWork = new boolean[agents.size()];
    }

    private static Cache cache(final Map<String, Cache> caches, final String name) {
        final Cache cache = caches.get(name);
        if (cache == null) {
            throw new ConfigurationException("there is no cache '" + name + "'; there are: " + caches.keySet());
        }
        return cache;
    }

    EventBus bus() {
        return bus;
    }

    TableStore tables() {
        return tables;
    }

    TopologyRuntime runtime() {
        return runtime;
    }

    /** Number of the topology's threads. */
    int threads() {
        return atWork.length;
    }

    RuntimeProbe probe() {
        return probe;
    }

    /**
     * While a thread waits for room in a ring, within its duty cycle, another one gets its turn: the one that empties the
     * ring, or if that waits for markers, one that has yet to send them. Any other could come to wait for what only a
     * thread can do that waits beneath it.
     */
    private final class OthersTurn implements IdleStrategy {
        private final int receiver;
        private final BooleanSupplier aligned;

        OthersTurn(final int receiver, final BooleanSupplier aligned) {
            this.receiver = receiver;
            this.aligned = aligned;
        }

        @Override
        public void idle(final int workCount) {
            idle();
        }

        @Override
        public void idle() {
            onWait.run();
            final int[] ready = aligned.getAsBoolean()
                ? IntStream.range(0, atWork.length).filter(i -> !atWork[i] && probe.isBehind(i)).toArray()
                : IntStream.of(receiver).filter(i -> !atWork[i]).toArray();
            if (ready.length == 0) {
                throw new IllegalStateException("the threads of topology " + runtime.name() + " wait for each other");
            }
            step(ready[choice.applyAsInt(ready.length)]);
        }

        @Override
        public void reset() {
            // has no state
        }
    }

    /** Gives one of the topology's threads a turn; returns the work done. */
    @SuppressWarnings("IllegalCatch") // what an agent may throw in general
    int step(final int thread) {
        atWork[thread] = true;
        try {
            return agents.get(thread).doWork();
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new StorageException("thread " + thread + " of topology " + runtime.name() + ": " + e, e);
        } finally {
            atWork[thread] = false;
        }
    }

    /** Gives every thread a turn, in order, and does the housekeeping; returns the work done. */
    int stepAll() {
        int work = 0;
        for (int i = 0; i < atWork.length; i++) {
            work += step(i);
        }
        housekeeping();
        return work;
    }

    void housekeeping() {
        bus.doHousekeeping();
        tables.doHousekeeping();
        runtime.doHousekeeping();
    }

    /** What the death of the process would leave now. */
    static void copy(final Path from, final Path to) {
        try {
            ScratchFiles.copy(from, to);
        } catch (final IOException e) {
            throw new StorageException("cannot copy " + from + " to " + to + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(runtime, tables, bus);
    }
}
