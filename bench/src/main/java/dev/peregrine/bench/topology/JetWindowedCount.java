/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.aggregate.AggregateOperations;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.pipeline.BatchSource;
import com.hazelcast.jet.pipeline.Pipeline;
import com.hazelcast.jet.pipeline.Sinks;
import com.hazelcast.jet.pipeline.SourceBuilder;
import com.hazelcast.jet.pipeline.WindowDefinition;
import dev.peregrine.bench.rig.Allocation;
import java.io.Serializable;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The work of {@link WindowedCount} as a job of Hazelcast Jet on one cooperative thread, timed from submission until the
 * last window is out. A member starts by itself on the loopback address and looks for no others.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@Fork(jvmArgsAppend = {
    "--add-modules=java.se",
    "--add-opens=java.management/sun.management=ALL-UNNAMED",
    "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED"})
public class JetWindowedCount {
    private static final int EVENTS_PER_SECOND = 1 << 20;
    private static final int SOURCE_BATCH = 1024;
    private static final int PORT = 47_911;
    private static final long WINDOW_MS = 1_000;
    private static final long SEED = 42;

    /** Distinct keys. */
    @Param("100000")
    public int keys;

    /** Events of a job. */
    @Param("5000000")
    public long jobEvents;

    private HazelcastInstance member;

    /** What a job did, handed to JMH as a counter. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Throughput {
        /** Events per second of wall-clock time. */
        public double eventsPerSecond;
        /** Heap bytes per event. */
        public double allocatedBytesPerEvent;
    }

    /** Starts the member. */
    @Setup(Level.Trial)
    public void open() {
        final Config config = new Config().setClusterName("peregrine-bench")
            .setProperty("hazelcast.phone.home.enabled", "false")
            .setProperty("hazelcast.logging.type", "none")
            .setProperty("hazelcast.shutdownhook.enabled", "false")
            .setProperty("hazelcast.socket.bind.any", "false");
        config.getJetConfig().setEnabled(true).setCooperativeThreadCount(1);
        final NetworkConfig network = config.getNetworkConfig().setPort(PORT);
        network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        final JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(false);
        member = Hazelcast.newHazelcastInstance(config);
    }

    /** Stops it. */
    @TearDown(Level.Trial)
    public void close() {
        member.shutdown();
    }

    /** What the source has still to send. */
    private static final class Cursor {
        private final String[] names;
        private final SplittableRandom random = new SplittableRandom(SEED);
        private long sent;

        Cursor(final int keys) {
            names = new String[keys];
            for (int i = 0; i < keys; i++) {
                names[i] = "campaign%08d".formatted(i);
            }
        }
    }

    /** An event: whose it is, and when it happened. */
    private record Event(String name, long timeMs) implements Serializable {
    }

    private static BatchSource<Event> source(final int keys, final long events) {
        return SourceBuilder.batch("events", context -> new Cursor(keys))
            .<Event>fillBufferFn((cursor, buffer) -> {
                for (int i = 0; i < SOURCE_BATCH && cursor.sent < events; i++) {
                    buffer.add(new Event(cursor.names[cursor.random.nextInt(keys)],
                        cursor.sent * WINDOW_MS / EVENTS_PER_SECOND));
                    cursor.sent++;
                }
                if (cursor.sent == events) {
                    buffer.close();
                }
            })
            .build();
    }

    /** Runs a job. */
    @Benchmark
    public void count(final Throughput result) {
        final Pipeline pipeline = Pipeline.create();
        pipeline.readFrom(source(keys, jobEvents)).addTimestamps(Event::timeMs, 0)
            .groupingKey(Event::name)
            .window(WindowDefinition.tumbling(WINDOW_MS))
            .aggregate(AggregateOperations.counting())
            .setLocalParallelism(1)
            .writeTo(Sinks.noop()).setLocalParallelism(1);
        final long allocatedBefore = Allocation.bytes();
        final long start = System.nanoTime();
        member.getJet().newJob(pipeline, new JobConfig()).join();
        result.eventsPerSecond = jobEvents * 1e9 / (System.nanoTime() - start);
        result.allocatedBytesPerEvent = (Allocation.bytes() - allocatedBefore) / (double) jobEvents;
    }
}
