/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.peregrine.codec.schema.Schema;
import dev.peregrine.core.counters.CountersFile;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.files.DataDirectoryLock;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.core.jvm.NativeCode;
import dev.peregrine.core.thread.Cores;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.GroupDescription;
import dev.peregrine.eventbus.GroupMember;
import dev.peregrine.eventbus.MemberConfig;
import dev.peregrine.eventbus.Partitioner;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.Stream;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.eventbus.StreamDescription;
import dev.peregrine.eventbus.Subscription;
import dev.peregrine.eventbus.SubscriptionDescription;
import dev.peregrine.store.Cache;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.Caches;
import dev.peregrine.store.Table;
import dev.peregrine.store.TableConfig;
import dev.peregrine.store.TableStore;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.internal.TopologyRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/**
 * The whole engine in one process: streams, topologies, tables and caches over one data directory.
 *
 * <pre>{@code
 * try (Peregrine engine = Peregrine.open(Path.of("data"))) {
 *     engine.provisionStream(StreamConfig.of("clicks"));
 *     engine.provisionTable(TableConfig.of("counts"));
 *     engine.submit(topology);
 *     try (Publisher publisher = engine.publisher("clicks", "web")) {
 *         publisher.publish(KeyHash.of("home"), 1, 1, timestampNs, buffer, 0, length);
 *     }
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads; publishers and subscriptions are for one thread each.
 */
public final class Peregrine implements AutoCloseable {
    private static final int HOUSEKEEPING_IDLE_MS = 1;
    private static final int MAINTENANCE_IDLE_MS = 100;
    private static final int WATCH_IDLE_MS = 100;

    private final Config config;
    private final Path dataDirectory;
    private final DataDirectoryLock lock;
    private final FilesFacade files;
    private final EventBus bus;
    private final TableStore tables;
    private final Map<String, Cache> caches = new ConcurrentSkipListMap<>();
    private final Topologies topologies;
    private final AtomicReference<Throwable> housekeepingFailure = new AtomicReference<>();
    private final AgentRunner housekeeping;
    private final AtomicReference<Throwable> maintenanceFailure = new AtomicReference<>();
    private final AgentRunner maintenance;
    private final CountersFile counters;
    private final AtomicReference<Throwable> watchFailure = new AtomicReference<>();
    private final AgentRunner watch;
    private boolean closed;

    private Peregrine(final Config config, final boolean takeOver) {
        JvmFlags.check();
        this.config = config;
        this.dataDirectory = Path.of(config.getString("peregrine.data-dir")).toAbsolutePath().normalize();
        this.lock = takeOver ? DataDirectoryLock.takeOver(FilesFacade.SYSTEM, dataDirectory)
            : DataDirectoryLock.take(FilesFacade.SYSTEM, dataDirectory);
        this.files = lock.files();
        NativeCode.unpackInto(dataDirectory);
        CountersFile openedCounters = null;
        EventBus openedBus = null;
        TableStore openedTables = null;
        try {
            openedCounters = CountersFile.create(files, dataDirectory, EngineConfig.counters(this.config));
            this.counters = openedCounters;
            openedBus = EventBus.open(dataDirectory.resolve("streams"), EngineConfig.mirrorOfStreams(this.config), files);
            final TopologyLogs topologyLogs = new TopologyLogs(files, dataDirectory.resolve("topologies"));
            final Map<Long, Long> committed = topologyLogs.committedEpochs();
            openedTables = TableStore.open(
                dataDirectory.resolve("tables"), files, producer -> committed.getOrDefault(producer, -1L));
            this.bus = openedBus;
            this.tables = openedTables;
            this.topologies = new Topologies(files, dataDirectory, topologyLogs, bus, tables, this::cache,
                EngineConfig.topologyCores(this.config), counters, EngineConfig.watchLimits(this.config));
            bus.idleReaderLimits(EngineConfig.idleReaders(this.config));
            provisionFromConfig();
            lock.opened();
        } catch (final RuntimeException e) {
            org.agrona.CloseHelper.quietCloseAll(openedTables, openedBus, openedCounters, lock);
            throw e;
        }
        this.housekeeping = new AgentRunner(new SleepingMillisIdleStrategy(HOUSEKEEPING_IDLE_MS),
            failure -> housekeepingFailure.set(failure), null, new Housekeeper());
        AgentRunner.startOnThread(housekeeping, PeregrineThreads::daemon);
        this.maintenance = new AgentRunner(new SleepingMillisIdleStrategy(MAINTENANCE_IDLE_MS),
            maintenanceFailure::set, null, new MaintenanceAgent(bus, maintenanceFailure));
        AgentRunner.startOnThread(maintenance, PeregrineThreads::background);
        this.watch = new AgentRunner(new SleepingMillisIdleStrategy(WATCH_IDLE_MS),
            watchFailure::set, null, new WatchAgent(topologies, counters));
        AgentRunner.startOnThread(watch, PeregrineThreads::watch);
    }

    /** Opens an engine on a data directory with every other setting at its default. */
    public static Peregrine open(final Path dataDirectory) {
        return open(ConfigFactory.empty().withValue(
            "peregrine.data-dir", ConfigValueFactory.fromAnyRef(dataDirectory.toString())));
    }

    /**
     * Opens an engine on a configuration with a block {@code peregrine}, over the defaults of {@code reference.conf}.
     * Streams, tables and caches that it names are provisioned.
     *
     * @throws ConfigurationException if a setting is unknown or impossible.
     * @throws dev.peregrine.core.error.DataDirectoryInUseException if another process has the data directory.
     * @throws dev.peregrine.core.error.JvmFlagsException with the line to add, if the JVM lacks a flag.
     */
    public static Peregrine open(final Config config) {
        return new Peregrine(EngineConfig.complete(config), false);
    }

    /**
     * Opens an engine on a data directory that a process holds which cannot be stopped, e.g. because it hangs. That one is
     * fenced: whatever it tries to write from now on fails with {@link dev.peregrine.core.error.FencedException}, and none
     * of it becomes visible; see {@link DataDirectoryLock#takeOver}. What it had acknowledged is kept.
     *
     * @throws dev.peregrine.core.error.DataDirectoryInUseException if this process itself has the data directory.
     */
    public static Peregrine takeOver(final Config config) {
        return new Peregrine(EngineConfig.complete(config), true);
    }

    private void provisionFromConfig() {
        try {
            EngineConfig.streams(config).forEach(this::provisionStream);
            EngineConfig.tables(config).forEach(this::provisionTable);
            EngineConfig.caches(config).forEach(this::provisionCache);
        } catch (final ConfigException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    /** Where everything is kept. */
    public Path dataDirectory() {
        return dataDirectory;
    }

    /** The settings in force. */
    public Config config() {
        return config;
    }

    /** Creates a stream, or returns the one of that name. */
    public Stream provisionStream(final StreamConfig stream) {
        return bus.provision(stream);
    }

    /**
     * Changes a stream's settings; see {@link EventBus#alter}.
     *
     * @throws ConfigurationException if durability or copies are to change and a publisher, a subscription or a topology
     *     uses the stream.
     */
    public synchronized Stream alterStream(final StreamConfig stream) {
        if (!bus.altersWhileUsed(stream)) {
            checkNotRead(stream.name(), "altered");
        }
        return bus.alter(stream);
    }

    /**
     * Deletes a stream with its records and subscriptions.
     *
     * @throws ConfigurationException if a publisher, a subscription or a topology uses the stream.
     */
    public synchronized void deleteStream(final String name) {
        checkNotRead(name, "deleted");
        bus.delete(name);
    }

    private void checkNotRead(final String stream, final String done) {
        for (final TopologyRuntime topology : topologies.all()) {
            if (!topology.isClosed() && topology.reads(stream)) {
                throw new ConfigurationException("stream " + stream + " cannot be " + done + " while topology "
                    + topology.name() + " reads it: close that first");
            }
        }
    }

    /** Ends a stream for good, also while it is used; see {@link EventBus#end}. */
    public void endStream(final String name) {
        bus.end(name);
    }

    /** Deletes the oldest segments of a partition; see {@link EventBus#truncate}. */
    public long truncateStream(final String name, final int partition, final long beforeOffset) {
        return bus.truncate(name, partition, beforeOffset);
    }

    /** What a stream is, how far it has come, and what was published to it beside its limits. */
    public StreamDescription describeStream(final String name) {
        return bus.describe(name);
    }

    /** The schema that a stream is bound to; see {@link EventBus#schema}. */
    public Optional<Schema> schema(final String stream) {
        return bus.schema(stream);
    }

    /**
     * Copies every stream to a directory that does not exist, while publishers and readers go on; tables and topologies are
     * not in it. See {@link EventBus#backup} and {@link EventBus#restore}.
     */
    public void backupStreams(final Path target) {
        bus.backup(target, copied -> { });
    }

    /** A stream by its name. */
    public Stream stream(final String name) {
        return bus.stream(name);
    }

    /** All streams, by name. */
    public Collection<Stream> streams() {
        return bus.streams();
    }

    /** Opens a named publisher; see {@link EventBus#publisher}. */
    public Publisher publisher(final String stream, final String name) {
        return bus.publisher(stream, name);
    }

    /** Opens a named publisher that spreads its records in its own way; see {@link EventBus#publisher}. */
    public Publisher publisher(final String stream, final String name, final Partitioner partitioner) {
        return bus.publisher(stream, name, partitioner);
    }

    /** Opens a named subscription; see {@link EventBus#subscribe}. */
    public Subscription subscribe(final String stream, final String name) {
        return bus.subscribe(stream, name);
    }

    /** Joins a group, whose members share the partitions of a stream; see {@link EventBus#join}. */
    public GroupMember join(final String stream, final String group, final MemberConfig member) {
        return bus.join(stream, group, member);
    }

    /** A group with its members, their partitions and their lag; see {@link EventBus#describeGroup}. */
    public GroupDescription describeGroup(final String stream, final String name) {
        return bus.describeGroup(stream, name);
    }

    /** Names of the groups of a stream that have members now. */
    public List<String> groups(final String stream) {
        return bus.groups(stream);
    }

    /** The durable place of a subscription; see {@link EventBus#describeSubscription}. */
    public SubscriptionDescription describeSubscription(final String stream, final String name) {
        return bus.describeSubscription(stream, name);
    }

    /** Names of a stream's durable subscriptions, open or not. */
    public List<String> subscriptions(final String stream) {
        return bus.subscriptions(stream);
    }

    /** Forgets a subscription's place; see {@link EventBus#deleteSubscription}. */
    public void deleteSubscription(final String stream, final String name) {
        bus.deleteSubscription(stream, name);
    }

    /** Creates a table, or returns the one of that name. */
    public Table provisionTable(final TableConfig table) {
        return tables.provision(table);
    }

    /** A table by its name. */
    public Table table(final String name) {
        return tables.table(name);
    }

    /** All tables, by name. */
    public Collection<? extends Table> tables() {
        return tables.tables();
    }

    /** Creates a cache, or returns the one of that name. */
    public Cache provisionCache(final CacheConfig cache) {
        return caches.computeIfAbsent(cache.name(), name -> Caches.open(cache));
    }

    /** A cache by its name. */
    public Cache cache(final String name) {
        final Cache cache = caches.get(name);
        if (cache == null) {
            throw new ConfigurationException("there is no cache '" + name + "'; there are: " + caches.keySet());
        }
        return cache;
    }

    /** All caches, by name. */
    public Collection<Cache> caches() {
        return caches.values();
    }

    /**
     * Restores a topology from its last commit, or starts it afresh, and sets it going.
     *
     * @throws ConfigurationException if one of that name runs.
     */
    public RunningTopology submit(final Topology topology) {
        return topologies.submit(topology);
    }

    /**
     * Starts a topology, which need not be the one that it was taken of, from a savepoint; its own past, if it has one, is
     * forgotten.
     *
     * @throws ConfigurationException if there is no such savepoint, or the topology runs.
     * @throws dev.peregrine.core.error.CorruptDataException if a source stream no longer holds what comes behind it.
     */
    public RunningTopology submit(final Topology topology, final String savepoint) {
        return topologies.submit(topology, savepoint);
    }

    /** How a topology would be placed, ready to be printed; nothing is started. */
    public String plan(final Topology topology) {
        return topologies.plan(topology);
    }

    /**
     * How topologies would be placed if an engine were opened on a configuration and they were submitted in this order,
     * ready to be printed. Nothing is started; the data directory, which another process may have, is only looked at for
     * what earlier runs have measured.
     *
     * @throws ConfigurationException if a setting is unknown or impossible, or a source's stream is neither configured nor
     *     there.
     */
    public static String plan(final Config config, final Collection<Topology> topologies) {
        return new OfflinePlan(EngineConfig.complete(config)).describe(topologies);
    }

    /** All submitted topologies, by name. */
    public Collection<? extends RunningTopology> topologies() {
        return topologies.all();
    }

    /**
     * A submitted topology.
     *
     * @throws ConfigurationException if there is none of that name.
     */
    public RunningTopology topology(final String name) {
        return topologies.get(name);
    }

    /**
     * Changes the number of instances of components: stops the topology at a commit and starts it again, its keyed state
     * spread anew by the keys' hashes. No event is lost or counted twice. The old {@link RunningTopology} is closed.
     *
     * @param parallelism the new number for each component that changes.
     * @throws ConfigurationException if there is no such topology or component, or a component that changes has state
     *     but does not read everything grouped by key; the topology runs on.
     */
    public RunningTopology updateTopology(final String name, final Map<String, Integer> parallelism) {
        return topologies.update(name, parallelism);
    }

    /** The present plan and the one after an update, ready to be printed; nothing is changed. */
    public String planUpdate(final String name, final Map<String, Integer> parallelism) {
        return topologies.planUpdate(name, parallelism);
    }

    /** Stops a topology at a commit, or takes one that has failed, and starts it again there. */
    public RunningTopology restartTopology(final String name) {
        return topologies.restart(name);
    }

    /** Waits until everything that is published is done with and committed, then stops the topology. */
    public void drainTopology(final String name) throws InterruptedException {
        topologies.drain(name);
    }

    /** Stops a topology and forgets its state and its places: submitted again, it starts from the beginning. */
    public void killTopology(final String name) {
        topologies.kill(name);
    }

    /**
     * Copies the committed state of a topology while it runs.
     *
     * @throws ConfigurationException if there is no such topology, or the savepoint exists.
     */
    public Savepoint savepoint(final String topology, final String name) {
        return topologies.savepoint(topology, name);
    }

    /** All savepoints, by name. */
    public List<Savepoint> savepoints() {
        return topologies.savepoints();
    }

    /** Deletes a savepoint. */
    public void deleteSavepoint(final String name) {
        topologies.deleteSavepoint(name);
    }

    /** Every figure of the engine as it is now. */
    public List<Metric> metrics() {
        return EngineMetrics.collect(this, bus);
    }

    /** Whether the engine does its work. */
    public Health health() {
        final List<String> problems = new ArrayList<>();
        for (final RunningTopology topology : topologies.all()) {
            if (topology.failure() != null) {
                problems.add("topology " + topology.name() + " has stopped: " + topology.failure());
            }
            topology.hungStages().forEach(hung -> problems.add("topology " + topology.name() + ": " + hung));
        }
        final Throwable failure = housekeepingFailure.get();
        if (failure != null) {
            problems.add("housekeeping: " + failure.getMessage());
        }
        final Throwable stored = maintenanceFailure.get();
        if (stored != null) {
            problems.add("sealed segments: " + stored.getMessage());
        }
        final Throwable unwatched = watchFailure.get();
        if (unwatched != null) {
            problems.add("watching the topologies: " + unwatched);
        }
        problems.addAll(bus.degraded());
        return new Health(problems.isEmpty(), problems);
    }

    private final class Housekeeper implements Agent {
        private final int core = EngineConfig.housekeepingCore(config);

        @Override
        public void onStart() {
            Cores.pin(core);
        }

        @Override
        public int doWork() {
            int work = bus.doHousekeeping() + tables.doHousekeeping();
            for (final TopologyRuntime topology : topologies.all()) {
                work += topology.doHousekeeping();
            }
            if (housekeepingFailure.get() instanceof PeregrineException) {
                housekeepingFailure.set(null); // this cycle went well: e.g. space was freed on the disk
            }
            return work;
        }

        @Override
        public String roleName() {
            return "peregrine-housekeeping";
        }
    }

    /** Stops topologies, then closes caches, tables and streams. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        final List<AutoCloseable> closing = new ArrayList<>();
        closing.add(maintenance);
        closing.add(housekeeping);
        closing.add(watch);
        closing.add(topologies);
        closing.add(counters);
        closing.addAll(caches.values());
        closing.add(tables);
        closing.add(bus);
        closing.add(lock);
        org.agrona.CloseHelper.closeAll(closing);
    }
}
