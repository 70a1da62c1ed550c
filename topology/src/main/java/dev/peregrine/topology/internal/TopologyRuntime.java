/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import com.typesafe.config.Config;
import dev.peregrine.core.counters.CountersFile;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.store.Cache;
import dev.peregrine.store.EpochTableWriter;
import dev.peregrine.store.Table;
import dev.peregrine.store.TableStore;
import dev.peregrine.topology.BackPressure;
import dev.peregrine.topology.Delivery;
import dev.peregrine.topology.HungStage;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Topology;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;

/**
 * A submitted topology: builds the instances by the plan, restores them from the last commit, and runs them on named
 * threads.
 */
public final class TopologyRuntime implements RunningTopology, EngineServices {
    private static final long POLL_NS = 100_000;

    /** Held while a dead-letter stream is provisioned, so that two topologies may share one. */
    private static final Object DEAD_LETTERS = new Object();

    private final Topology topology;
    private final Plan plan;
    private final EventBus bus;
    private final TableStore tables;
    private final Function<String, Cache> caches;
    private final CommitLog commitLog;
    private final CommitLog.LastCommit lastCommit;
    private final long topologyId;
    private final Map<String, List<StageInstance>> instances = new LinkedHashMap<>();
    private final Map<String, List<LogSource>> sources = new LinkedHashMap<>();
    private final List<TopologyThread> threads = new ArrayList<>();
    private final List<AgentRunner> runners = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private final TopologyFigures figures;
    /** Set before the start. */
    private TopologyWatch watch;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CorePool corePool;
    private final MemoryBudget memory;
    private final int[] cores;
    private final EpochCoordinator coordinator;
    private final RuntimeHost host;
    private volatile boolean stopping;
    private volatile boolean active = true;
    private boolean closed;
    private MeasuredCosts measuredAtEnd;

    /**
     * Builds and restores a topology; {@link #start} sets it going. Takes ownership of its log.
     */
    public TopologyRuntime(
        final Topology topology, final EventBus bus, final TableStore tables, final Function<String, Cache> caches,
        final PartitionLog log, final Plan plan, final CorePool corePool, final RuntimeHost host) {
        this.topology = topology;
        this.bus = bus;
        this.tables = tables;
        this.caches = caches;
        this.plan = plan;
        this.corePool = corePool;
        this.host = host;
        this.memory = new MemoryBudget(topology.name(), topology.options().memoryBudgetBytes());
        memory.begin(plan.memory());
        this.topologyId = topologyId(topology.name());
        this.lastCommit = CommitLog.lastCommit(log);
        this.commitLog = new CommitLog(log, topologyId);
        final long firstEpoch = EpochNumbers.firstOfNextRun(lastCommit.epoch());
        final List<List<RingEdge>> rings = new ArrayList<>();
        final List<List<StageInstance>> onThread = new ArrayList<>();
        for (int i = 0; i < plan.threads(); i++) {
            rings.add(new ArrayList<>());
            onThread.add(new ArrayList<>());
        }
        createInstances(firstEpoch, onThread);
        edges.addAll(new Wiring(topology, plan, sources, instances, host, () -> stopping).connect(rings));
        final LogSource[] allSources =
            sources.values().stream().flatMap(List::stream).toArray(LogSource[]::new);
        restoreSources();
        publishCommittedOutputs();
        final SnapshotRounds rounds = new SnapshotRounds(instances.values().stream().mapToInt(List::size).sum());
        this.coordinator = new EpochCoordinator(plan.threads(), topology.epochIntervalMicros() * 1_000, commitLog,
            allSources, firstEpoch, lastCommit.replayFrom(), this::stateBytes, rounds);
        for (final List<StageInstance> list : instances.values()) {
            for (final StageInstance instance : list) {
                instance.open(lastCommit.epoch(), rounds);
            }
        }
        // a run takes its number by a record of its own, so that what an aborted run left behind never counts
        commitLog.commit(firstEpoch - 1, lastCommit.replayFrom(), allSources);
        this.cores = corePool.take(plan.threads());
        for (int i = 0; i < plan.threads(); i++) {
            threads.add(new TopologyThread(topology.name() + "-" + i, i, cores[i], sourcesOn(i),
                rings.get(i).toArray(new RingEdge[0]), onThread.get(i).toArray(new StageInstance[0]), coordinator,
                i == 0, firstEpoch, host));
        }
        this.figures = TopologyFigures.of(this, threads, sources, instances, edges);
    }

    /** Has the topology watched by {@link #watch}, and shows its figures in a counters file as long as it runs. */
    public void watchWith(final CountersFile file, final WatchLimits limits) {
        watch = new TopologyWatch(topology.name(), threads, edges, figures, limits);
        watch.showIn(file);
    }

    /** Looks after the topology, on a thread that is none of its own, some times a second. */
    public void watch() {
        if (!stopping) {
            watch.look(System.nanoTime());
        } else {
            figures.update();
        }
    }

    @Override
    public List<HungStage> hungStages() {
        return watch == null || stopping ? List.of() : watch.hung();
    }

    @Override
    public Optional<BackPressure> backPressure() {
        return Optional.ofNullable(watch == null || stopping ? null : watch.backPressure());
    }

    /** Under which producer id a topology stands in logs. */
    public static long topologyId(final String name) {
        return KeyHash.of("topology:" + name);
    }

    private void createInstances(final long firstEpoch, final List<List<StageInstance>> onThread) {
        for (final Topology.Component component : topology.components()) {
            for (int task = 0; task < component.parallelism(); task++) {
                if (component.isSource()) {
                    sources.computeIfAbsent(component.name(), key -> new ArrayList<>()).add(new LogSource(
                        "source '" + component.name() + "' of topology '" + topology.name() + "'",
                        componentId(component),
                        bus.stream(component.stream()), task, component.parallelism(), component.options().watermarks(),
                        topology.options().delivery() == Delivery.AT_MOST_ONCE, host.nanoClock()));
                } else {
                    final StageInstance instance = new StageInstance(
                        topology, component, task, this, topologyId, commitLog.newStateLog(firstEpoch));
                    instances.computeIfAbsent(component.name(), key -> new ArrayList<>()).add(instance);
                    onThread.get(plan.thread(component.name(), task)).add(instance);
                }
            }
        }
    }

    private LogSource[] sourcesOn(final int thread) {
        final List<LogSource> here = new ArrayList<>();
        sources.forEach((component, list) -> {
            for (int task = 0; task < list.size(); task++) {
                if (plan.thread(component, task) == thread) {
                    here.add(list.get(task));
                }
            }
        });
        return here.toArray(new LogSource[0]);
    }

    /** By what a source is known in commit records: its place in the graph may change, its name does not. */
    private static int componentId(final Topology.Component component) {
        return (int) KeyHash.of(component.name());
    }

    private void restoreSources() {
        lastCommit.forEachSource(committed -> {
            final int componentId = committed.sourceTask();
            final int partition = committed.partition();
            final long position = committed.position();
            final long offset = committed.offset();
            final Topology.Component component = topology.components().stream()
                .filter(each -> each.isSource() && componentId(each) == componentId).findFirst().orElse(null);
            if (component == null) {
                return; // the topology has no such source any more
            }
            for (final LogSource source : sources.getOrDefault(component.name(), List.of())) {
                final long end = partition < source.stream().partitions()
                    ? source.stream().partition(partition).appendedPosition() : -1;
                if (position > end) {
                    throw new CorruptDataException("topology " + topology.name() + " has committed position "
                        + position + " of " + component.stream() + "/" + partition + ", which ends at " + end
                        + ": the stream lost records; restore it from a copy, or delete the topology's directory");
                }
                final long start = source.stream().partition(partition).startPosition();
                if (position < start) {
                    throw new CorruptDataException("topology " + topology.name() + " has read " + component.stream()
                        + "/" + partition + " up to position " + position + ", but the stream now begins at " + start
                        + ": it lost records in between; restore it from a copy, or delete the topology's directory");
                }
                source.startAt(partition, position, offset);
            }
        });
    }

    /** Publishes what the last run had committed but no longer published: a crash came in between. */
    private void publishCommittedOutputs() {
        final Map<String, EntryPublisher> publishers = new LinkedHashMap<>();
        try {
            CommitLog.forEachCommittedOutput(commitLog.log(), lastCommit, (buffer, offset, length) ->
                EpochStreamOutput.recover(buffer, offset, length, names -> publishers.computeIfAbsent(names, key -> {
                    final String[] parts = key.split("\n");
                    return new EntryPublisher(bus.publisher(parts[0], parts[1]));
                })));
        } finally {
            org.agrona.CloseHelper.closeAll(publishers.values());
        }
    }

    /** Lets the sources read, or stops them; what was read goes through and is committed. */
    @Override
    public void active(final boolean value) {
        active = value;
        threads.forEach(thread -> thread.active(value));
    }

    @Override
    public boolean isActive() {
        return active;
    }

    @Override
    public void configure(final String component, final Config config) {
        topology.component(component);
        for (final StageInstance instance : instances.getOrDefault(component, List.of())) {
            threads.get(plan.thread(component, instance.task())).request(() -> instance.configure(config));
        }
    }

    /** The work of the threads, in the order of the plan, for who gives them their turns instead of {@link #start}. */
    public List<? extends Agent> agents() {
        return List.copyOf(threads);
    }

    /** Starts the threads. */
    public void start() {
        for (final TopologyThread thread : threads) {
            final AgentRunner runner = new AgentRunner(
                Wiring.idleStrategy(plan), this::failed, null, new FailStopAgent(thread, this::failed));
            runners.add(runner);
            AgentRunner.startOnThread(runner);
        }
    }

    private void failed(final Throwable cause) {
        if (!(cause instanceof TopologyStoppedException)) {
            failure.compareAndSet(null, cause);
        }
        stopping = true;
    }

    @Override
    public MemoryBudget memory() {
        return memory;
    }

    @Override
    public RuntimeHost host() {
        return host;
    }

    @Override
    public EpochTableWriter tableWriter(final String table, final long id) {
        return tables.epochWriter(table, id);
    }

    @Override
    public Table table(final String name) {
        return tables.table(name);
    }

    @Override
    public Cache cache(final String name) {
        return caches.apply(name);
    }

    @Override
    public InstanceStreamOutput streamOutput(final String stream, final String component, final int task) {
        return output(bus.publisher(stream, publisherName(component, task)));
    }

    @Override
    public InstanceStreamOutput deadLetters(final String component, final int task) {
        final String stream = topology.deadLetterStream();
        synchronized (DEAD_LETTERS) {
            if (bus.streams().stream().noneMatch(each -> each.name().equals(stream))) {
                bus.provision(StreamConfig.of(stream));
            }
        }
        return output(bus.publisher(stream, "dead-letters of " + publisherName(component, task)));
    }

    private InstanceStreamOutput output(final Publisher publisher) {
        return topology.options().delivery() == Delivery.EFFECTIVELY_ONCE
            ? new EpochStreamOutput(publisher, commitLog.newAppender()) : new DirectStreamOutput(publisher);
    }

    private String publisherName(final String component, final int task) {
        return "topology " + topology.name() + " " + component + "/" + task;
    }

    @Override
    public void restore(final KeptState state, final KeyRouting routing) {
        CommitLog.restore(commitLog.log(), lastCommit, state, routing);
    }

    private long stateBytes() {
        long bytes = 0;
        for (final List<StageInstance> list : instances.values()) {
            for (int i = 0; i < list.size(); i++) {
                bytes += list.get(i).stateBytes();
            }
        }
        return bytes;
    }

    @Override
    public String name() {
        return topology.name();
    }

    /** The graph that runs. */
    public Topology topology() {
        return topology;
    }

    /** Whether a thread has not yet passed the epoch that was requested last. */
    boolean isBehind(final int thread) {
        return coordinator.passed(thread) < coordinator.requested();
    }

    List<StageInstance> instancesOf(final String component) {
        return instances.getOrDefault(component, List.of());
    }

    List<LogSource> sourcesOf(final String component) {
        return sources.getOrDefault(component, List.of());
    }

    /** Whether a component keeps state. */
    public boolean hasState(final String component) {
        return instances.getOrDefault(component, List.of()).stream().anyMatch(each -> !each.states().isEmpty());
    }

    /** Copies the log as it is committed now into a directory; returns its length, bytes. */
    public long copyLog(final Path target) {
        final PartitionLog log = commitLog.log();
        return log.backup(target, bytes -> { }) - log.startPosition();
    }

    @Override
    public String plan() {
        return plan.describe(cores);
    }

    @Override
    public long eventsCommitted() {
        return threads.stream().mapToLong(TopologyThread::committedEvents).sum();
    }

    @Override
    public long committedEpoch() {
        return coordinator.committed();
    }

    @Override
    public long lagBytes() {
        return sources.values().stream().flatMap(List::stream).mapToLong(LogSource::lagBytes).sum();
    }

    @Override
    public synchronized Histogram latencySinceLastCall() {
        final Histogram sum = new Histogram(3);
        sum.setAutoResize(true);
        for (final TopologyThread thread : threads) {
            thread.addLatency(sum);
        }
        return sum;
    }

    @Override
    public long allocatedBytes() {
        final long[] ids = threads.stream().mapToLong(TopologyThread::threadId).filter(id -> id >= 0).toArray();
        final var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(bean.getThreadAllocatedBytes(ids)).filter(bytes -> bytes > 0).sum();
    }

    @Override
    public List<CounterValue> counters() {
        return figures.values();
    }

    @Override
    public long[] latencies() {
        return figures.latencies();
    }

    /** What the run has measured, for the planner. */
    public synchronized MeasuredCosts measured() {
        return closed ? measuredAtEnd : measuredSoFar();
    }

    private MeasuredCosts measuredSoFar() {
        final List<CounterValue> values = new ArrayList<>(counters());
        sources.forEach((component, list) -> {
            if (values.stream().noneMatch(value -> value.component().equals(component))) {
                list.forEach(source ->
                    values.add(new CounterValue(component, 0, "received", source.outputs().main().emitted())));
            }
        });
        values.removeIf(value -> "state-bytes".equals(value.name()));
        instances.values().forEach(list -> list.forEach(instance ->
            values.add(new CounterValue(instance.component(), instance.task(), "state-bytes", instance.stateBytes()))));
        return MeasuredCosts.of(values);
    }

    /** Number of threads that it runs on; 0 once it is closed. */
    public synchronized int threadCount() {
        return closed ? 0 : plan.threads();
    }

    @Override
    public Throwable failure() {
        return failure.get();
    }

    @Override
    public void awaitDrained() throws InterruptedException {
        final LogSource[] all = sources.values().stream().flatMap(List::stream).toArray(LogSource[]::new);
        final long[][] ends = Arrays.stream(all).map(LogSource::ends).toArray(long[][]::new);
        await(() -> {
            for (int i = 0; i < all.length; i++) {
                if (!all[i].isMarked(ends[i])) {
                    return false;
                }
            }
            return true;
        });
        final long epoch = coordinator.requested();
        final long events = markedEvents();
        await(() -> coordinator.applied() >= epoch && eventsCommitted() >= events);
    }

    private void await(final BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            final Throwable cause = failure.get();
            if (cause != null) {
                throw cause instanceof PeregrineException known
                    ? known : new PeregrineException("topology " + name() + " failed: " + cause, cause);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /** Whether everything that is published now is committed and can be queried. */
    public boolean isDrained() {
        return lagBytes() == 0 && coordinator.applied() >= coordinator.requested() && eventsCommitted() >= markedEvents();
    }

    private long markedEvents() {
        return sources.values().stream().flatMap(List::stream).mapToLong(LogSource::markedEvents).sum();
    }

    /** One duty cycle of background work: allocates the log ahead and drops what no restart needs. */
    public int doHousekeeping() {
        final PartitionLog log = commitLog.log();
        if (log.startPosition() + log.config().segmentLength() <= coordinator.replayFrom()) {
            log.truncateBefore(coordinator.replayFrom());
        }
        return log.doHousekeeping();
    }

    /** Whether a source of it reads a stream. */
    public boolean reads(final String stream) {
        return topology.components().stream().anyMatch(component -> stream.equals(component.stream()));
    }

    @Override
    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        measuredAtEnd = measuredSoFar();
        closed = true;
        stopping = true;
        org.agrona.CloseHelper.closeAll(runners);
        figures.close();
        corePool.giveBack(cores);
        final long committed = coordinator.committed();
        instances.values().forEach(list -> list.forEach(instance -> instance.applyCommitted(committed)));
        instances.values().forEach(list -> list.forEach(StageInstance::close));
        sources.values().forEach(list -> list.forEach(LogSource::close));
        commitLog.close();
    }
}
