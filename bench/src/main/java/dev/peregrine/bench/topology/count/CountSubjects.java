/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import dev.peregrine.bench.flink.FlinkRig;
import dev.peregrine.topology.Delivery;
import java.nio.file.Path;

/** Those who count, by the name that stands in parameter {@code subject}. */
public final class CountSubjects {
    private CountSubjects() {
    }

    /**
     * Starts one of them.
     *
     * @param parallelism instances of the source and of the counting step, for so many cores.
     * @param isKept whether counts must survive a crash, by whatever means the subject has.
     * @param directory for its files, which are deleted with it.
     */
    public static CountSubject open(
        final String subject, final int parallelism, final boolean isKept, final Path directory) throws Exception {
        return switch (subject) {
            case "peregrine" -> new EngineCount(
                parallelism, isKept ? Delivery.EFFECTIVELY_ONCE : Delivery.AT_MOST_ONCE, directory);
            case "flink" -> new FlinkCount(FlinkRig.State.HEAP, parallelism, isKept, directory);
            case "flink-rocksdb" -> new FlinkCount(FlinkRig.State.ROCKSDB, parallelism, isKept, directory);
            case "hazelcast-jet" -> new JetCount(parallelism, isKept);
            case "kafka-streams" -> new KafkaStreamsCount(parallelism, isKept, directory);
            case "storm" -> new StormCount(parallelism, isKept, directory);
            default -> throw new IllegalArgumentException("nobody counts by the name of " + subject);
        };
    }
}
