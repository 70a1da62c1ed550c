/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.TopologyOptions;
import dev.peregrine.topology.state.KeyedCounter;
import dev.peregrine.topology.state.StateTtl;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A word count: over failures and restarts, with other numbers of instances, and beside one written by hand. */
@Timeout(120)
class ExactnessTest {
    private static final String[] WORDS = "to be or not that is the question whether tis nobler in mind".split(" ");
    private static final Codec<Pair<String, Long>> COUNTS = Codecs.pair(Codecs.text(), Codecs.longs());
    /** Words seen until the fault, counted down by the function. */
    private static final AtomicLong UNTIL_FAULT = new AtomicLong();

    @TempDir
    private Path directory;
    private final SplittableRandom random = new SplittableRandom(9);
    private final List<String> lines = new ArrayList<>();

    private FluentRig open() {
        final FluentRig rig = new FluentRig(directory);
        rig.engine().provisionStream(StreamConfig.of("lines").withSegmentLength(1 << 20));
        rig.engine().provisionStream(StreamConfig.of("counts").withSegmentLength(1 << 20));
        rig.engine().provisionTable(TableConfig.of("words"));
        return rig;
    }

    private void publish(final FluentRig rig, final int count) {
        final List<String> more = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            more.add(WORDS[random.nextInt(WORDS.length)] + " " + WORDS[random.nextInt(WORDS.length)]);
        }
        lines.addAll(more);
        rig.publish("lines", more, Codecs.text());
    }

    private List<Pair<String, Long>> expected() {
        final Map<String, Long> counts = new HashMap<>();
        return lines.stream().flatMap(line -> List.of(line.split(" ")).stream())
            .map(word -> Pair.of(word, counts.merge(word, 1L, Long::sum))).toList();
    }

    private static Topology wordCount(final int threads, final int instances) {
        final FluentBuilder flow = FluentBuilder.named("wordcount")
            .options(TopologyOptions.DEFAULT.withThreads(threads).withFailures(FailurePolicy.failTopology()));
        final PairStreamlet<String, Long> counts = flow.source("lines", Codecs.text())
            .flatMap(line -> List.of(line.split(" ")), Codecs.text())
            .peek(word -> {
                if (UNTIL_FAULT.decrementAndGet() == 0) {
                    throw new IllegalStateException("bad word");
                }
            })
            .keyBy(word -> word, Codecs.text()).count().parallelism(instances);
        counts.to("counts");
        counts.toTable("words", "count").parallelism(1);
        return flow.build();
    }

    @Test
    void shouldPublishAndKeepExactCountsOverFailuresAndRestarts() throws Exception {
        for (int round = 0; round < 6; round++) {
            try (FluentRig rig = open()) {
                UNTIL_FAULT.set(700 + 90 * round);
                final RunningTopology topology = rig.engine().submit(wordCount(1 + round % 3, 1));
                publish(rig, 500);
                assertThatThrownBy(topology::awaitDrained).isInstanceOf(PeregrineException.class)
                    .hasRootCauseMessage("bad word");
            }
        }
        UNTIL_FAULT.set(Long.MAX_VALUE);
        try (FluentRig rig = open()) {
            rig.runUntilDrained(wordCount(2, 1));
            assertThat(rig.read("counts", COUNTS)).isEqualTo(expected());
            checkTable(rig);
        }
    }

    private void checkTable(final FluentRig rig) {
        final Map<String, Long> last = new HashMap<>();
        expected().forEach(pair -> last.put(pair.key(), pair.value()));
        last.forEach((word, count) ->
            assertThat(rig.engine().table("words").getLong(word, "count", 0)).as(word).isEqualTo(count));
    }

    @Test
    void shouldKeepCountsWhenTheNumberOfInstancesChanges() {
        UNTIL_FAULT.set(Long.MAX_VALUE);
        for (final int instances : new int[] {1, 3, 2}) {
            try (FluentRig rig = open()) {
                publish(rig, 400);
                rig.runUntilDrained(wordCount(2, instances));
                assertThat(rig.read("counts", COUNTS)).containsExactlyInAnyOrderElementsOf(expected());
                checkTable(rig);
            }
        }
    }

    /** Makes words of lines. */
    static final class SplitStage implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final String line = event.buffer().getStringWithoutLengthUtf8(event.offset(), event.length());
            for (final String word : line.split(" ")) {
                final byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
                final int at = out.claim(bytes.length);
                out.buffer().putBytes(at, bytes);
                out.commit(KeyHash.of(new UnsafeBuffer(bytes), 0, bytes.length), event.timestampNs(), 0, 0);
            }
        }
    }

    /** Counts words. */
    static final class WordStage implements Stage {
        private KeyedCounter counts;

        @Override
        public void open(final StageContext context) {
            counts = context.counterState("counts", StateTtl.NEVER);
        }

        @Override
        public void onEvent(final EventView word, final Emitter out) {
            final int at = out.claim(Long.BYTES + word.length() + Integer.BYTES);
            out.buffer().putLong(at, counts.add(word.buffer(), word.offset(), word.length(), 1));
            out.buffer().putBytes(at + Long.BYTES, word.buffer(), word.offset(), word.length());
            out.buffer().putInt(at + Long.BYTES + word.length(), word.length());
            out.commit(word.keyHash(), word.timestampNs(), 0, 0);
        }
    }

    private record Published(Pair<String, Long> count, long keyHash, long timestampNs) {
    }

    private static List<Published> published(final FluentRig rig, final String stream) {
        final List<Published> records = new ArrayList<>();
        try (PartitionReader reader = rig.engine().stream(stream).partition(0).newReader(0)) {
            while (reader.poll(frame -> records.add(new Published(
                COUNTS.decode(frame.buffer(), frame.payloadOffset(), frame.payloadLength()), frame.keyHash(),
                frame.timestampNs())), 1_000) > 0) {
                // until the end
            }
        }
        return records;
    }

    @Test
    void shouldPublishWhatOneWrittenByHandPublishes() {
        UNTIL_FAULT.set(Long.MAX_VALUE);
        try (FluentRig rig = open()) {
            rig.engine().provisionStream(StreamConfig.of("by-hand").withSegmentLength(1 << 20));
            publish(rig, 1_000);
            rig.runUntilDrained(TopologyBuilder.named("by-hand").threads(2)
                .source("lines", "lines")
                .stage("split", SplitStage::new).shuffle("lines")
                .stage("count", WordStage::new).key("split")
                .streamSink("out", "by-hand").shuffle("count").build());
            rig.runUntilDrained(wordCount(2, 1));
            assertThat(published(rig, "counts")).hasSize(2_000).isEqualTo(published(rig, "by-hand"));
        }
    }
}
