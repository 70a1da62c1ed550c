/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import dev.peregrine.bench.log.KafkaBroker;
import dev.peregrine.bench.rig.RunClock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The job on Kafka Streams: its own windowed count, which hands a window on when it has closed, over a topic of a broker in
 * a process of its own, with as many partitions as threads. Kept, the counts are in RocksDB with a change log and
 * transactions, as its makers have it; else in memory without a change log. Flat out, the topic is full before it starts.
 */
final class KafkaStreamsCount implements CountSubject {
    private static final String RESULTS_EVERY_MILLIS = "__emit.interval.ms.kstreams.windowed.aggregation__";
    private static final int VALUE_LENGTH = 56;
    private static final int BATCH_BYTES = 128 << 10;
    private static final int POLL_RECORDS = 5_000;
    private static final long TIMEOUT_MILLIS = 150_000;
    private static final long START_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NS = 1_000_000;
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final int parallelism;
    private final boolean isKept;
    private final Path directory;
    private final String address = KafkaBroker.address();
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", address));
    /** Kafka deletes what is old: event time 0 is now. */
    private final long epochMillis;
    private boolean isFilled;
    private int runs;

    KafkaStreamsCount(final int parallelism, final boolean isKept, final Path directory) {
        this.parallelism = parallelism;
        this.isKept = isKept;
        this.directory = directory;
        final long now = System.currentTimeMillis();
        epochMillis = now - now % TimeUnit.HOURS.toMillis(1); // a whole number of windows
    }

    private void createTopic(final String name) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, Optional.of(parallelism), Optional.empty())
            .configs(Map.of("retention.ms", "-1")))).all().get();
    }

    private void send(final CountLoad load, final String topic) {
        try (KafkaProducer<Long, byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", address,
            "acks", "all", "batch.size", load.paced() ? 16 << 10 : BATCH_BYTES, "linger.ms", load.paced() ? 0 : 5),
            new LongSerializer(), new ByteArraySerializer())) {
            if (load.paced()) {
                RunClock.start();
            }
            for (long i = 0; i < load.events(); i++) {
                final byte[] value = ByteBuffer.allocate(VALUE_LENGTH).putLong(0, i).array();
                if (load.paced()) {
                    awaitTime(RunClock.dueNs(i, load.ratePerSecond()));
                }
                final long key = load.key(i);
                producer.send(new ProducerRecord<>(topic, (int) (key % parallelism),
                    epochMillis + load.timeMillis(i), key, value));
            }
            for (int i = 0; i < parallelism; i++) { // so that the last window closes everywhere
                producer.send(new ProducerRecord<>(topic, i, epochMillis + load.afterAll(), CountResults.NOBODY,
                    new byte[VALUE_LENGTH]));
            }
        }
    }

    private static void awaitTime(final long dueNs) {
        for (long early = dueNs - System.nanoTime(); early > 0; early = dueNs - System.nanoTime()) {
            LockSupport.parkNanos(early);
        }
    }

    private Properties settings(final String application, final boolean isPaced) {
        final Properties settings = new Properties();
        settings.putAll(Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG, application,
            StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, address,
            StreamsConfig.STATE_DIR_CONFIG, directory.resolve("kafka-streams").toString(),
            StreamsConfig.NUM_STREAM_THREADS_CONFIG, parallelism,
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            isKept ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE,
            StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest",
            StreamsConfig.consumerPrefix("max.poll.records"), POLL_RECORDS,
            StreamsConfig.producerPrefix("linger.ms"), isPaced ? 0 : 5,
            RESULTS_EVERY_MILLIS, 0));
        return settings;
    }

    private StreamsBuilder job(final CountLoad load, final String topic) {
        final Map<Thread, CountResults.Writer> writers = new HashMap<>();
        final Duration window = Duration.ofMillis(load.windowMillis());
        final WindowBytesStoreSupplier store = isKept
            ? Stores.persistentTimestampedWindowStore("counts", window.multipliedBy(2), window, false)
            : Stores.inMemoryWindowStore("counts", window.multipliedBy(2), window, false);
        final Materialized<Long, Long, WindowStore<Bytes, byte[]>> counts =
            Materialized.<Long, Long>as(store).withKeySerde(Serdes.Long()).withValueSerde(Serdes.Long());
        final StreamsBuilder builder = new StreamsBuilder();
        builder.stream(topic, Consumed.with(Serdes.Long(), Serdes.ByteArray()))
            .peek((key, value) -> RunClock.start())
            .groupByKey(Grouped.with(Serdes.Long(), Serdes.ByteArray()))
            .windowedBy(TimeWindows.ofSizeWithNoGrace(window))
            .emitStrategy(EmitStrategy.onWindowClose())
            .count(isKept ? counts : counts.withLoggingDisabled())
            .toStream()
            .foreach((key, count) -> writer(writers).add(key.key(), key.window().end() - epochMillis, count));
        return builder;
    }

    private static CountResults.Writer writer(final Map<Thread, CountResults.Writer> writers) {
        synchronized (writers) {
            return writers.computeIfAbsent(Thread.currentThread(), thread -> CountResults.current().newWriter());
        }
    }

    @Override
    public void run(final CountResults results) throws Exception {
        final CountLoad load = results.load();
        runs++;
        final String topic = load.paced() ? "count-paced-" + runs : "count-flat-out";
        if (load.paced() || !isFilled) {
            createTopic(topic);
        }
        if (!load.paced() && !isFilled) {
            send(load, topic);
            isFilled = true;
        }
        final String application = "count-" + ProcessHandle.current().pid() + "-" + runs;
        final KafkaStreams streams =
            new KafkaStreams(job(load, topic).build(), settings(application, load.paced()));
        try {
            streams.start();
            if (load.paced()) {
                awaitRunning(streams);
                send(load, topic);
            }
            results.await(TIMEOUT_MILLIS);
        } finally {
            streams.close(CLOSE);
            streams.cleanUp();
        }
    }

    private static void awaitRunning(final KafkaStreams streams) {
        final long deadline = System.nanoTime() + START_NS;
        while (streams.state() != KafkaStreams.State.RUNNING) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Kafka Streams does not start: it is " + streams.state());
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    @Override
    public void close() throws Exception {
        admin.deleteTopics(admin.listTopics().names().get()).all().get();
        admin.close();
    }
}
