/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import dev.peregrine.core.counters.CountersFile;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.store.Cache;
import dev.peregrine.store.TableStore;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.internal.CorePool;
import dev.peregrine.topology.internal.MeasuredCosts;
import dev.peregrine.topology.internal.Plan;
import dev.peregrine.topology.internal.RuntimeHost;
import dev.peregrine.topology.internal.TopologyRuntime;
import dev.peregrine.topology.internal.WatchLimits;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/** The life of topologies in one engine. Safe for use by many threads; what changes something is done one at a time. */
final class Topologies implements AutoCloseable {
    private final EventBus bus;
    private final TableStore tables;
    private final Function<String, Cache> caches;
    private final CorePool corePool;
    private final CountersFile counters;
    private final WatchLimits watchLimits;
    private final TopologyLogs logs;
    private final Savepoints savepoints;
    private final Map<String, TopologyRuntime> running = new ConcurrentSkipListMap<>();

    Topologies(
        final FilesFacade files, final Path dataDirectory, final TopologyLogs logs, final EventBus bus,
        final TableStore tables, final Function<String, Cache> caches, final CorePool corePool,
        final CountersFile counters, final WatchLimits watchLimits) {
        this.bus = bus;
        this.tables = tables;
        this.caches = caches;
        this.corePool = corePool;
        this.counters = counters;
        this.watchLimits = watchLimits;
        this.logs = logs;
        this.savepoints = new Savepoints(files, dataDirectory.resolve("savepoints"));
    }

    Collection<TopologyRuntime> all() {
        return running.values();
    }

    TopologyRuntime get(final String name) {
        final TopologyRuntime topology = running.get(name);
        if (topology == null) {
            throw new ConfigurationException("there is no topology '" + name + "'; there are: " + running.keySet());
        }
        return topology;
    }

    synchronized RunningTopology submit(final Topology topology) {
        checkNotRunning(topology.name());
        return start(topology);
    }

    synchronized RunningTopology submit(final Topology topology, final String savepoint) {
        checkNotRunning(topology.name());
        final Savepoint from = savepoints.get(savepoint);
        logs.replace(topology.name(), directory -> savepoints.copyTo(from, directory));
        return start(topology);
    }

    private void checkNotRunning(final String name) {
        final TopologyRuntime before = running.get(name);
        if (before != null && !before.isClosed()) {
            throw new ConfigurationException("topology " + name + " is running: close it first");
        }
    }

    private TopologyRuntime start(final Topology topology) {
        final PartitionLog log = logs.open(topology.name());
        final TopologyRuntime runtime;
        try {
            runtime = new TopologyRuntime(topology, bus, tables, caches, log, planOf(topology), corePool,
                RuntimeHost.THREADS);
        } catch (final RuntimeException e) {
            log.close();
            throw e;
        }
        runtime.watchWith(counters, watchLimits);
        running.put(topology.name(), runtime);
        runtime.start();
        return runtime;
    }

    /** The plan as it would be, without starting anything. */
    String plan(final Topology topology) {
        topology.components().stream().filter(Topology.Component::isSource)
            .forEach(source -> bus.stream(source.stream())); // it must be there
        return planOf(topology).describe();
    }

    private Plan planOf(final Topology topology) {
        int taken = 0;
        for (final TopologyRuntime other : running.values()) {
            taken += other.name().equals(topology.name()) ? 0 : other.threadCount();
        }
        return Plan.of(topology, Runtime.getRuntime().availableProcessors(), taken, measured(topology.name()));
    }

    /** What the last run of a topology has measured, of this process or an earlier one. */
    private MeasuredCosts measured(final String name) {
        final TopologyRuntime last = running.get(name);
        final MeasuredCosts measured = last == null ? MeasuredCosts.NONE : last.measured();
        return measured.isEmpty() ? logs.measured(name) : measured;
    }

    /** The topology as it would be after {@link #update}. */
    private Topology changed(final String name, final Map<String, Integer> parallelism) {
        Topology changed = get(name).topology();
        for (final Map.Entry<String, Integer> entry : parallelism.entrySet()) {
            changed = changed.withParallelism(entry.getKey(), entry.getValue());
        }
        return changed;
    }

    /** The present plan and that after an update, without doing it. */
    String planUpdate(final String name, final Map<String, Integer> parallelism) {
        return "now:\n" + get(name).plan() + "after the update:\n" + plan(changed(name, parallelism));
    }

    synchronized RunningTopology update(final String name, final Map<String, Integer> parallelism) {
        final TopologyRuntime before = get(name);
        final Topology changed = changed(name, parallelism);
        for (final Topology.Component component : changed.components()) {
            final int old = before.topology().component(component.name()).parallelism();
            if (component.parallelism() != old && !component.isKeyed() && before.hasState(component.name())) {
                throw new ConfigurationException("topology " + name + ": the state of " + component.name()
                    + " cannot be spread over " + component.parallelism() + " instances instead of " + old
                    + ", since what it reads is not all grouped by key: keep its parallelism");
            }
        }
        return restartAs(before, changed);
    }

    synchronized RunningTopology restart(final String name) {
        final TopologyRuntime before = get(name);
        return restartAs(before, before.topology());
    }

    private RunningTopology restartAs(final TopologyRuntime before, final Topology changed) {
        final boolean active = before.isActive();
        before.close();
        final TopologyRuntime after = start(changed);
        after.active(active);
        return after;
    }

    /** Waits until all that is published is done with, and stops. */
    void drain(final String name) throws InterruptedException {
        final TopologyRuntime topology = get(name);
        topology.awaitDrained();
        topology.close();
    }

    synchronized void kill(final String name) {
        final TopologyRuntime topology = get(name);
        topology.close();
        running.remove(name);
        logs.replace(name, directory -> { });
    }

    Savepoint savepoint(final String topology, final String name) {
        return savepoints.take(get(topology), name);
    }

    List<Savepoint> savepoints() {
        return savepoints.list();
    }

    synchronized void deleteSavepoint(final String name) {
        savepoints.delete(name);
    }

    @Override
    public synchronized void close() {
        try {
            org.agrona.CloseHelper.closeAll(running.values());
        } finally {
            running.values().forEach(each -> logs.measured(each.name(), each.measured()));
        }
    }
}
