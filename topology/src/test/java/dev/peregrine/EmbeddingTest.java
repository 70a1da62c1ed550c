/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.eventbus.GroupMember;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.MemberConfig;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.RecordOptions;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TableOutput;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.fluent.Codecs;
import dev.peregrine.topology.fluent.FluentBuilder;
import dev.peregrine.topology.state.KeyedValueState;
import dev.peregrine.topology.testing.TopologyTester;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's embedding examples, as they stand there. */
@SuppressWarnings("DefaultCharset") // the example is as short as the README shows it
class EmbeddingTest {
    @TempDir
    private Path directory;

    /** Counts events per word and keeps the counts in a table. */
    static final class WordCount implements Stage {
        private KeyedValueState counts;
        private TableOutput table;

        @Override
        public void open(final StageContext context) {
            counts = context.valueState("counts", 64, Long.BYTES);
            table = context.table("words");
        }

        @Override
        public void onEvent(final EventView word, final Emitter out) {
            final int at = counts.getOrCreate(word.buffer(), word.offset(), word.length());
            counts.buffer().putLong(at, counts.buffer().getLong(at) + 1);
        }

        @Override
        public void onEpoch(final long epoch, final Emitter out) {
            counts.forEachChanged((buffer, key, keyLength, value) -> {
                table.mutation().begin(buffer, key, keyLength).putLong("count".getBytes(), buffer.getLong(value));
                table.stage();
            });
        }
    }

    @Test
    void shouldCountWords() throws Exception {
        try (Peregrine engine = Peregrine.open(directory)) {
            engine.provisionStream(StreamConfig.of("text"));
            engine.provisionTable(TableConfig.of("words"));
            RunningTopology topology = engine.submit(TopologyBuilder.named("wordcount")
                .source("text", "text").sink("count", WordCount::new).key("text").build());
            try (Publisher publisher = engine.publisher("text", "example")) {
                for (String word : "to be or not to be".split(" ")) {
                    UnsafeBuffer bytes = new UnsafeBuffer(word.getBytes());
                    publisher.publish(KeyHash.of(word), 0, 0, System.currentTimeMillis() * 1_000_000, bytes, 0,
                        bytes.capacity());
                }
            }
            topology.awaitDrained();
            assertThat(engine.table("words").getLong("be", "count", 0)).isEqualTo(2);
            assertThat(engine.table("words").getLong("not", "count", 0)).isEqualTo(1);
        }
    }

    @Test
    void shouldCountWordsOfTypedStreams() throws Exception {
        try (Peregrine engine = Peregrine.open(directory)) {
            engine.provisionStream(StreamConfig.of("text"));
            engine.provisionTable(TableConfig.of("words"));
            try (Publisher publisher = engine.publisher("text", "example")) {
                UnsafeBuffer bytes = new UnsafeBuffer("to be or not to be".getBytes());
                publisher.publish(0, 0, 0, System.currentTimeMillis() * 1_000_000, bytes, 0, bytes.capacity());
            }
            FluentBuilder flow = FluentBuilder.named("wordcount");
            flow.source("text", Codecs.text())
                .flatMap(line -> List.of(line.split(" ")), Codecs.text())
                .filter(word -> !word.isEmpty())
                .keyBy(word -> word, Codecs.text())
                .count().named("count")
                .toTable("words", "count");
            engine.submit(flow.build()).awaitDrained();
            assertThat(engine.table("words").getLong("be", "count", 0)).isEqualTo(2);
            assertThat(engine.table("words").getLong("not", "count", 0)).isEqualTo(1);
        }
    }

    @Test
    void shouldTestATopology() {
        Topology topology = TopologyBuilder.named("wordcount")
            .source("text", "text").sink("count", WordCount::new).key("text").build();
        try (TopologyTester tester = TopologyTester.of(topology).table("words").start()) {
            tester.send("text", "be", "be", 0);
            tester.send("text", "be", "be", 1);
            assertThat(tester.table("words").getLong("be", "count", 0)).isEqualTo(2);
            tester.autoCommit(false).send("text", "be", "be", 2);
            tester.crash();
            tester.commit();
            assertThat(tester.table("words").getLong("be", "count", 0)).isEqualTo(3);
        }
    }

    @Test
    void shouldPublishAndReadInAGroup() {
        try (Peregrine engine = Peregrine.open(directory)) {
            engine.provisionStream(StreamConfig.of("text"));
            List<String> read = new ArrayList<>();
            try (Publisher publisher = engine.publisher("text", "importer");
                GroupMember member = engine.join("text", "readers", MemberConfig.DEFAULT)) {
                UnsafeBuffer bytes = new UnsafeBuffer("whether".getBytes());
                long end = publisher.publish(KeyHash.of("whether"), 0, 0, System.currentTimeMillis() * 1_000_000, bytes, 0,
                    bytes.capacity(), new RecordOptions().transactionId(7).header("lang", "en"));
                publisher.awaitDurable(end);
                member.poll(record -> read.add(record.offset() + " " + record.buffer()
                    .getStringWithoutLengthUtf8(record.payloadOffset(), record.payloadLength())), 100, 1_000_000_000L);
                member.commit();
            }
            assertThat(read).containsExactly("0 whether");
            assertThat(engine.describeSubscription("text", "readers").lagRecords()).isZero();
        }
    }
}
