/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.flink;

import dev.peregrine.bench.rig.RunClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * A cluster of Flink in this process that runs bounded DataStream jobs, one after the other. A job that fails is not
 * restarted, one that takes longer than it may is cancelled. Used by one thread.
 *
 * <pre>{@code
 * try (FlinkRig rig = FlinkRig.open(2, FlinkRig.State.HEAP, directory)) {
 *     double perSecond = rig.run("q1", events, env -> env
 *         .fromSource(new IndexedSource<>(Bids::at, events, Bids.TYPE, 0), watermarks, "bids")
 *         .map(...).sinkTo(new DiscardingSink<>()));
 * }
 * }</pre>
 */
public final class FlinkRig implements AutoCloseable {
    /** JVM flags that Flink and what it serializes with need on JDK 17. */
    public static final String FLAG_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";
    /** Another of them. */
    public static final String FLAG_UTIL = "--add-opens=java.base/java.util=ALL-UNNAMED";

    private static final MemorySize NETWORK = MemorySize.ofMebiBytes(64);
    private static final MemorySize MANAGED = MemorySize.ofMebiBytes(512);
    private static final Duration NO_CHECKPOINTS = Duration.ZERO;

    private final int parallelism;
    private final State state;
    private final Path directory;
    private final MiniCluster cluster;
    private Duration checkpoints = NO_CHECKPOINTS;
    private Duration timeout = Duration.ofMinutes(2);

    /** Where Flink keeps keyed state. */
    public enum State {
        /** Objects in Java's heap. */
        HEAP("hashmap"),
        /** Bytes in Flink's own build of RocksDB, with incremental checkpoints. */
        ROCKSDB("rocksdb");

        private final String option;

        State(final String option) {
            this.option = option;
        }
    }

    /** Puts a job together. */
    @FunctionalInterface
    public interface Job {
        /** Adds sources, operators and sinks to the environment. */
        void build(StreamExecutionEnvironment environment) throws Exception;
    }

    private FlinkRig(final int parallelism, final State state, final Path directory) throws Exception {
        this.parallelism = parallelism;
        this.state = state;
        this.directory = directory;
        final Configuration settings = new Configuration();
        settings.set(RestOptions.BIND_PORT, "0");
        settings.set(RestOptions.ADDRESS, "localhost");
        settings.set(CoreOptions.TMP_DIRS, directory.toString());
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK);
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK);
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED);
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder().setConfiguration(settings)
            .setNumTaskManagers(1).setNumSlotsPerTaskManager(parallelism).setCommonBindAddress("localhost").build());
        cluster.start();
    }

    /** Starts a cluster of as many slots on the loopback address; its files go under the directory. */
    public static FlinkRig open(final int parallelism, final State state, final Path directory) throws Exception {
        return new FlinkRig(parallelism, state, directory);
    }

    /** Lets the jobs from now on take exactly-once checkpoints to disk at this interval; zero is none. */
    public FlinkRig checkpointEvery(final Duration interval) {
        checkpoints = interval;
        return this;
    }

    /** How long each job from now on may take; two minutes if nothing is said. */
    public FlinkRig timeout(final Duration longest) {
        timeout = longest;
        return this;
    }

    /**
     * Runs a job whose sources are {@link IndexedSource}s and returns its events per second, from the first event that a
     * source hands out until the job is finished.
     *
     * @param events how many events its sources hand out.
     * @throws TimeoutException if it has not finished in time; it is cancelled.
     */
    public double run(final String name, final long events, final Job job) throws Exception {
        final StreamExecutionEnvironment environment = environment();
        job.build(environment);
        final StreamGraph streams = environment.getStreamGraph();
        streams.setJobName(name);
        final JobGraph graph = streams.getJobGraph();
        RunClock.reset();
        cluster.submitJob(graph).get();
        await(graph.getJobID());
        return events / ((System.nanoTime() - RunClock.startNs()) / (double) TimeUnit.SECONDS.toNanos(1));
    }

    private void await(final JobID job) throws Exception {
        final JobResult result;
        try {
            result = cluster.requestJobResult(job).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (final TimeoutException e) {
            cluster.cancelJob(job).get();
            throw e;
        }
        result.toJobExecutionResult(FlinkRig.class.getClassLoader()); // throws if it failed
    }

    private StreamExecutionEnvironment environment() {
        final Configuration settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        settings.set(StateBackendOptions.STATE_BACKEND, state.option);
        settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, state == State.ROCKSDB);
        settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.resolve("checkpoints").toUri().toString());
        final StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(settings);
        environment.setParallelism(parallelism);
        environment.getConfig().enableObjectReuse();
        if (!checkpoints.isZero()) {
            environment.enableCheckpointing(checkpoints.toMillis(), CheckpointingMode.EXACTLY_ONCE);
        }
        return environment;
    }

    /** Stops the cluster and waits until it has. */
    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
