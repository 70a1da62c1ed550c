/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.jet.Job;
import com.hazelcast.jet.aggregate.AggregateOperations;
import com.hazelcast.jet.config.JobConfig;
import com.hazelcast.jet.config.ProcessingGuarantee;
import com.hazelcast.jet.datamodel.KeyedWindowResult;
import com.hazelcast.jet.pipeline.Pipeline;
import com.hazelcast.jet.pipeline.Sink;
import com.hazelcast.jet.pipeline.SinkBuilder;
import com.hazelcast.jet.pipeline.SourceBuilder;
import com.hazelcast.jet.pipeline.StreamSource;
import com.hazelcast.jet.pipeline.WindowDefinition;
import dev.peregrine.bench.rig.RunClock;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The job on Hazelcast Jet: its own windowed count on cooperative threads. A member starts by itself on the loopback
 * address and looks for no others.
 */
final class JetCount implements CountSubject {
    private static final int PORT = 47_911;
    private static final int SOURCE_BATCH = 1024;
    private static final long SNAPSHOT_MILLIS = 1_000;
    private static final long TIMEOUT_MILLIS = 120_000;

    private final int parallelism;
    private final boolean isKept;
    private final HazelcastInstance member;

    JetCount(final int parallelism, final boolean isKept) {
        this.parallelism = parallelism;
        this.isKept = isKept;
        final Config config = new Config().setClusterName("peregrine-bench")
            .setProperty("hazelcast.phone.home.enabled", "false")
            .setProperty("hazelcast.logging.type", "none")
            .setProperty("hazelcast.shutdownhook.enabled", "false")
            .setProperty("hazelcast.socket.bind.any", "false");
        config.getJetConfig().setEnabled(true).setCooperativeThreadCount(parallelism);
        final NetworkConfig network = config.getNetworkConfig().setPort(PORT);
        network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        final JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(false);
        member = Hazelcast.newHazelcastInstance(config);
    }

    /** What a source instance has still to send: every {@code step}-th event, and one that ends all windows. */
    private static final class Cursor {
        private final CountLoad load;
        private final int step;
        private long next;
        private boolean hasEnded;

        Cursor(final CountLoad load, final int task, final int step) {
            this.load = load;
            this.step = step;
            next = task;
        }

        void fill(final SourceBuilder.TimestampedSourceBuffer<CountEvent> buffer) {
            RunClock.start();
            for (int i = 0; i < SOURCE_BATCH && next < load.events(); i++) {
                if (load.paced() && RunClock.dueNs(next, load.ratePerSecond()) > System.nanoTime()) {
                    return;
                }
                final CountEvent event = CountEvent.of(load, next);
                buffer.add(event, event.timeMillis);
                next += step;
            }
            if (next >= load.events() && !hasEnded) {
                hasEnded = true;
                buffer.add(CountEvent.closing(load), load.afterAll());
            }
        }

        void restore(final List<Long> all) {
            all.stream().filter(place -> (place - next) % step == 0).forEach(place -> next = place);
        }
    }

    private static StreamSource<CountEvent> source(final CountLoad load, final int parallelism) {
        return SourceBuilder
            .timestampedStream("events", context -> new Cursor(load, context.globalProcessorIndex(), parallelism))
            .<CountEvent>fillBufferFn(Cursor::fill)
            .createSnapshotFn(cursor -> cursor.next)
            .restoreSnapshotFn(Cursor::restore)
            .distributed(parallelism)
            .build();
    }

    private static Sink<KeyedWindowResult<Long, Long>> sink(final int parallelism) {
        return SinkBuilder.sinkBuilder("results", context -> CountResults.current().newWriter())
            .<KeyedWindowResult<Long, Long>>receiveFn((writer, result) ->
                writer.add(result.getKey(), result.end(), result.getValue()))
            .preferredLocalParallelism(parallelism)
            .build();
    }

    @Override
    public void run(final CountResults results) {
        final CountLoad load = results.load();
        final Pipeline pipeline = Pipeline.create();
        pipeline.readFrom(source(load, parallelism)).withNativeTimestamps(0)
            .groupingKey(CountEvent::key)
            .window(WindowDefinition.tumbling(load.windowMillis()))
            .aggregate(AggregateOperations.counting())
            .setLocalParallelism(parallelism)
            .writeTo(sink(parallelism));
        final JobConfig config = new JobConfig();
        if (isKept) {
            config.setProcessingGuarantee(ProcessingGuarantee.EXACTLY_ONCE).setSnapshotIntervalMillis(SNAPSHOT_MILLIS);
        }
        final Job job = member.getJet().newJob(pipeline, config);
        try {
            results.await(TIMEOUT_MILLIS);
        } finally {
            stop(job);
        }
    }

    private static void stop(final Job job) {
        job.cancel();
        try {
            job.join();
        } catch (final CancellationException e) {
            return; // as told
        }
    }

    @Override
    public void close() {
        member.shutdown();
    }
}
