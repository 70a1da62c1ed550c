/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.wordcount;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.peregrine.Peregrine;
import dev.peregrine.apps.wordcount.codec.MessageHeaderDecoder;
import dev.peregrine.apps.wordcount.codec.WordCountDecoder;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class WordCountTest {
    private static final String[] WORDS = {"falcon", "Falcon", "peregrine", "a", "7", "über", "x2", "ZÜRICH", ""};
    private static final String[] GAPS = {" ", ", ", "-", "\t", "...", "'", "\n"};
    private static final int LINES = 5_000;

    @TempDir
    private Path directory;

    private static List<String> lines() {
        final SplittableRandom random = new SplittableRandom(5);
        final List<String> lines = new ArrayList<>();
        for (int i = 0; i < LINES; i++) {
            final StringBuilder line = new StringBuilder();
            for (int words = random.nextInt(8); words > 0; words--) {
                line.append(GAPS[random.nextInt(GAPS.length)]).append(WORDS[random.nextInt(WORDS.length)])
                    .append(GAPS[random.nextInt(GAPS.length)]);
            }
            lines.add(line.append("end").toString());
        }
        return lines;
    }

    /** Only letters of ASCII become lower case. */
    private static Map<String, Long> expected(final List<String> lines) {
        final Map<String, Long> counts = new HashMap<>();
        for (final String line : lines) {
            for (final String word : line.split("[^\\p{Alnum}\\P{ASCII}]+")) {
                if (!word.isEmpty()) {
                    final StringBuilder lower = new StringBuilder();
                    word.chars().forEach(c -> lower.append(c < 128 ? Character.toLowerCase((char) c) : (char) c));
                    counts.merge(lower.toString(), 1L, Long::sum);
                }
            }
        }
        return counts;
    }

    private static void publish(final Peregrine engine, final List<String> lines) {
        try (Publisher publisher = engine.publisher("lines", "test")) {
            for (final String line : lines) {
                final byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
                publisher.publish(0, 0, 0, 1, new UnsafeBuffer(bytes), 0, bytes.length);
            }
        }
    }

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("lines").withSegmentLength(1 << 20));
        engine.provisionTable(TableConfig.of("words"));
        return engine;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2"})
    void shouldCountWords(final int threads, final int parallelism) throws Exception {
        final List<String> lines = lines();
        final Map<String, Long> counts = new ConcurrentHashMap<>();
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(WordCountTopology.create(
                "wordcount", "lines", threads, parallelism, () -> (Stage) (event, out) -> {
                    final WordCountDecoder decoder = new WordCountDecoder()
                        .wrapAndApplyHeader(event.buffer(), event.offset(), new MessageHeaderDecoder());
                    final long count = decoder.count();
                    counts.merge(decoder.word(), count, Math::max);
                }));
            publish(engine, lines);
            topology.awaitDrained();
        }
        assertThat(counts).isEqualTo(expected(lines)).hasSizeGreaterThan(7);
    }

    @Test
    void shouldKeepCountsInItsTable() throws Exception {
        final List<String> lines = lines();
        for (int round = 1; round <= 2; round++) {
            try (Peregrine engine = open()) {
                final RunningTopology topology =
                    engine.submit(new WordCountTopology().create("words", ConfigFactory.empty()));
                publish(engine, lines);
                topology.awaitDrained();
                final long times = round;
                expected(lines).forEach((word, count) ->
                    assertThat(engine.table("words").getLong(word, "count", 0)).as(word).isEqualTo(times * count));
            }
        }
    }

    @Test
    void shouldLeaveOutWordsThatAreTooLong() throws Exception {
        final String longest = "x".repeat(SplitStage.MAX_WORD);
        try (Peregrine engine = open()) {
            final RunningTopology topology =
                engine.submit(new WordCountTopology().create("words", ConfigFactory.empty()));
            publish(engine, List.of(longest.toUpperCase(Locale.ROOT) + " " + longest + "y"));
            topology.awaitDrained();
            assertThat(engine.table("words").getLong(longest, "count", 0)).isEqualTo(1);
            assertThat(topology.counters()).filteredOn(counter -> "too-long".equals(counter.name()))
                .extracting(RunningTopology.CounterValue::value).containsExactly(1L);
        }
    }
}
