/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.store.Cache;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.Caches;
import dev.peregrine.store.Table;
import dev.peregrine.topology.RunningTopology.CounterValue;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.internal.RuntimeProbe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Runs a topology in a test: the same runtime as in an engine, with real streams, tables and caches, but on the calling
 * thread and by a clock that stands still until the test moves it. The same calls give the same results.
 *
 * <pre>{@code
 * try (TopologyTester tester = TopologyTester.of(topology).table("words").start()) {
 *     tester.send("text", "be", "be", 0);
 *     tester.send("text", "be", "be", 1);
 *     assertThat(tester.table("words").getLong("be", "count", 0)).isEqualTo(2);
 * }
 * }</pre>
 *
 * <p>Each {@link #send} returns when the event went through all stages and its epoch is committed, so its results show.
 * After {@link #autoCommit}{@code (false)} an epoch ends only by {@link #commit}, or when time moves: what a crash in
 * between does can then be seen by {@link #crash}. Sources that have a
 * {@link dev.peregrine.topology.time.WatermarkStrategy} make watermarks of the events sent; {@link #advanceWatermark} moves
 * event time further, or of sources that have none.
 *
 * <p>What a stage throws beyond its failure policy comes out of the call that caused it; the tester is then good for
 * {@link #crash} and {@link #close} only. Files are kept in a temporary directory and deleted by {@link #close}. Used by
 * one thread.
 */
public final class TopologyTester implements AutoCloseable {
    private static final int SEGMENT_LENGTH = 1 << 20;
    private static final int RING_SLOTS = 256;
    private static final int MOST_ROUNDS = 1_000_000;
    private static final String PUBLISHER = "topology-tester";

    private final List<StreamConfig> streams;
    private final List<String> tables;
    private final Map<String, Cache> caches = new LinkedHashMap<>();
    private final ManualClock clock;
    private final ScratchFiles files = new ScratchFiles();
    private final Path home;
    private final Map<String, Publisher> publishers = new HashMap<>();
    private final Map<String, Integer> taken = new HashMap<>();
    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    private Topology topology;
    private SteppedEngine engine;
    private RuntimeProbe probe;
    private int lives;
    private boolean autoCommit = true;

    private TopologyTester(final Setup setup) {
        JvmFlags.check();
        topology = setup.topology.threads() > 0
            ? setup.topology : setup.topology.withThreads(lowestThreads(setup.topology));
        streams = List.copyOf(setup.streams.values());
        tables = List.copyOf(setup.tables);
        clock = new ManualClock(setup.startNs);
        setup.caches.forEach(name ->
            caches.put(name, Caches.open(new CacheConfig(name, CacheConfig.MIN_CAPACITY_BYTES), this::cacheTimeMs)));
        try {
            home = Files.createTempDirectory("peregrine-test");
        } catch (final IOException e) {
            throw new StorageException("cannot make a temporary directory: " + e.getMessage(), e);
        }
        boolean open = false;
        try {
            open();
            open = true;
        } finally {
            if (!open) {
                CloseHelper.closeAll(caches.values());
                delete(home);
            }
        }
    }

    private static int lowestThreads(final Topology topology) {
        return 1 + topology.components().stream().mapToInt(each -> Math.max(0, each.options().thread())).max().orElse(0);
    }

    private long cacheTimeMs() {
        return clock.wallNs() / 1_000_000;
    }

    /** Prepares a test of a topology; the streams that it reads are there, with one partition. */
    public static Setup of(final Topology topology) {
        return new Setup(topology);
    }

    /** What surrounds the topology. Used by one thread. */
    public static final class Setup {
        private final Topology topology;
        private final Map<String, StreamConfig> streams = new LinkedHashMap<>();
        private final List<String> tables = new ArrayList<>();
        private final List<String> caches = new ArrayList<>();
        private long startNs;

        private Setup(final Topology topology) {
            this.topology = topology;
            topology.components().stream().filter(Topology.Component::isSource).forEach(each -> stream(each.stream()));
        }

        /** Adds a stream with one partition. */
        public Setup stream(final String name) {
            return stream(name, 1);
        }

        /** Adds a stream, or gives one that the topology reads another number of partitions. */
        public Setup stream(final String name, final int partitions) {
            streams.put(name, StreamConfig.of(name).withPartitions(partitions).withSegmentLength(SEGMENT_LENGTH));
            return this;
        }

        /** Adds a table. */
        public Setup table(final String name) {
            tables.add(name);
            return this;
        }

        /** Adds a cache of 1 MiB. */
        public Setup cache(final String name) {
            caches.add(name);
            return this;
        }

        /** What the clock shows at the beginning, nanoseconds since 1970; 0 if nothing is said. */
        public Setup time(final long valueNs) {
            startNs = valueNs;
            return this;
        }

        /** Starts the topology. */
        public TopologyTester start() {
            return new TopologyTester(this);
        }
    }

    private Path directory() {
        return home.resolve("life-" + lives);
    }

    private void open() {
        engine = new SteppedEngine(directory(), files, topology, streams, tables, caches, clock, RING_SLOTS,
            choices -> 0, () -> { });
        probe = engine.probe();
    }

    /** Publishes text (UTF-8) under a key, as {@link #send(String, long, byte[], long)}. */
    public void send(final String stream, final String key, final String text, final long timestampNs) {
        send(stream, KeyHash.of(key), text.getBytes(StandardCharsets.UTF_8), timestampNs);
    }

    /**
     * Publishes a record and lets it go through.
     *
     * @param keyHash hash of its key, see {@link KeyHash}.
     * @param timestampNs its time, nanoseconds since 1970.
     */
    public void send(final String stream, final long keyHash, final byte[] bytes, final long timestampNs) {
        payload.wrap(bytes);
        send(stream, keyHash, 0, 0, payload, 0, bytes.length, timestampNs);
    }

    /** Publishes a record of an SBE schema, as {@link #send(String, long, byte[], long)}. */
    public void send(
        final String stream, final long keyHash, final int schemaId, final int templateId, final DirectBuffer buffer,
        final int offset, final int length, final long timestampNs) {
        publishers.computeIfAbsent(stream, name -> engine.bus().publisher(name, PUBLISHER))
            .publish(keyHash, schemaId, templateId, timestampNs, buffer, offset, length);
        goOn();
    }

    private void goOn() {
        settle();
        if (autoCommit) {
            commit();
        }
    }

    private void settle() {
        int rounds = 0;
        while (engine.stepAll() > 0) {
            if (++rounds > MOST_ROUNDS) {
                throw new IllegalStateException("topology " + topology.name() + " does not come to rest: does a stage set a"
                    + " timer for the present each time that one fires?");
            }
        }
    }

    /** Whether each call that causes work ends its epoch; it does if nothing is said. */
    public TopologyTester autoCommit(final boolean value) {
        autoCommit = value;
        return this;
    }

    /** Ends the epoch: stages conflate, tables, streams and caches show what was done. */
    public void commit() {
        clock.advanceMonotonic(topology.epochIntervalMicros() * 1_000);
        settle();
    }

    /**
     * Lets all sources say that nothing earlier will come: timers and windows up to there fire.
     *
     * @param eventTimeNs nanoseconds since 1970; one that does not lie ahead changes nothing.
     */
    public void advanceWatermark(final long eventTimeNs) {
        topology.components().stream().filter(Topology.Component::isSource)
            .forEach(source -> probe.advanceWatermark(source.name(), eventTimeNs));
        goOn();
    }

    /** Lets one source say that nothing earlier will come from it. */
    public void advanceWatermark(final String source, final long eventTimeNs) {
        if (!topology.component(source).isSource()) {
            throw new ConfigurationException(source + " is no source: only these begin watermarks");
        }
        probe.advanceWatermark(source, eventTimeNs);
        goOn();
    }

    /**
     * Moves the clock: timers in processing time fire, ticks come at their intervals, items of caches expire, partitions
     * become idle. Epochs end meanwhile.
     */
    public void advanceTime(final Duration duration) {
        final long step = topology.components().stream().mapToLong(each -> each.options().tickNs())
            .filter(tickNs -> tickNs > 0).min().orElse(Long.MAX_VALUE);
        long leftNs = duration.toNanos();
        while (leftNs > 0) {
            clock.advance(Math.min(step, leftNs));
            leftNs -= Math.min(step, leftNs);
            settle();
        }
        goOn();
    }

    /** What the clock shows, nanoseconds since 1970. */
    public long timeNs() {
        return clock.wallNs();
    }

    /** All records of a stream, partition by partition, oldest first. */
    public List<OutputRecord> records(final String stream) {
        final List<OutputRecord> records = new ArrayList<>();
        for (int i = 0; i < engine.bus().stream(stream).partitions(); i++) {
            try (PartitionReader reader = engine.bus().stream(stream).partition(i).newReader(0)) {
                while (reader.poll(frame -> records.add(new OutputRecord(frame)), 1_000) > 0) {
                    // until the end
                }
            }
        }
        return records;
    }

    /** The records of a stream of one partition since the last call, oldest first. */
    public List<OutputRecord> take(final String stream) {
        if (engine.bus().stream(stream).partitions() > 1) {
            throw new ConfigurationException("stream " + stream + " has several partitions: use records(...)");
        }
        final List<OutputRecord> all = records(stream);
        final int before = taken.getOrDefault(stream, 0);
        taken.put(stream, all.size());
        return all.subList(before, all.size());
    }

    /** The payloads that {@link #take} gives, as text. */
    public List<String> takeText(final String stream) {
        return take(stream).stream().map(OutputRecord::text).toList();
    }

    /** A table as it is now; not to be used after {@link #crash} or {@link #restart}. */
    public Table table(final String name) {
        return engine.tables().table(name);
    }

    /** A cache. */
    public Cache cache(final String name) {
        final Cache cache = caches.get(name);
        if (cache == null) {
            throw new ConfigurationException("there is no cache '" + name + "'; there are: " + caches.keySet());
        }
        return cache;
    }

    /**
     * A state of the only instance of a component, e.g. {@code state("count", "counts", KeyedCounter.class)}; to be read
     * only, and not to be used after {@link #crash} or {@link #restart}.
     *
     * @throws ConfigurationException if the component has not declared it, or it is of another kind.
     */
    public <S> S state(final String component, final String name, final Class<S> type) {
        if (topology.component(component).parallelism() > 1) {
            throw new ConfigurationException(component + " has several instances: say which, or whose key");
        }
        return state(component, 0, name, type);
    }

    /** As {@link #state(String, String, Class)}, of one of several instances, counted from 0. */
    public <S> S state(final String component, final int task, final String name, final Class<S> type) {
        final Object state = probe.state(component, task, name);
        if (!type.isInstance(state)) {
            throw new ConfigurationException("state " + name + " of " + component + " is no " + type.getSimpleName());
        }
        return type.cast(state);
    }

    /** Which instance of a component that reads by key gets a key's events. */
    public int taskOf(final String component, final long keyHash) {
        return KeyHash.bucket(keyHash, topology.component(component).parallelism());
    }

    /** Event time of a component's first instance, nanoseconds since 1970; {@link Long#MIN_VALUE} before the first one. */
    public long watermarkNs(final String component) {
        return probe.watermarkNs(component, 0);
    }

    /** A counter of a component, its own or a user's, summed over its instances. */
    public long counter(final String component, final String name) {
        return engine.runtime().counters().stream()
            .filter(each -> each.component().equals(component) && each.name().equals(name))
            .mapToLong(CounterValue::value).sum();
    }

    /** Lets the process die and starts the topology anew on what that would leave: what was not committed is done again. */
    public void crash() {
        final Path before = directory();
        lives++;
        SteppedEngine.copy(before, directory());
        try {
            stop();
        } catch (final RuntimeException e) {
            // what it does at its end does not count: it is dead
        }
        delete(before);
        open();
        goOn();
    }

    /** Stops the topology in order and starts it again with other numbers of instances for some components. */
    public void restart(final Map<String, Integer> parallelism) {
        stop();
        parallelism.forEach((component, value) -> topology = topology.withParallelism(component, value));
        open();
        goOn();
    }

    private void stop() {
        final List<AutoCloseable> closing = new ArrayList<>(publishers.values());
        publishers.clear();
        closing.add(engine);
        CloseHelper.closeAll(closing);
    }

    private static void delete(final Path directory) {
        try {
            ScratchFiles.deleteTree(directory);
        } catch (final IOException e) {
            throw new StorageException("cannot delete " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Stops the topology and deletes its files. */
    @Override
    public void close() {
        try {
            stop();
            CloseHelper.closeAll(caches.values());
        } finally {
            delete(home);
        }
    }
}
