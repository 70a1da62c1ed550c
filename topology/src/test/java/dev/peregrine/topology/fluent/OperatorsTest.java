/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each operator alone, against {@code java.util.stream}. */
@Timeout(120)
class OperatorsTest {
    private static final List<Long> NUMBERS = LongStream.range(0, 200).map(i -> i * 7919 % 100).boxed().toList();
    private static final List<String> LINES =
        List.of("to be or not to be", "", "that is the question", "whether 'tis nobler in the mind", "ö ä ü");
    private static final Codec<Pair<Long, Long>> PAIRS = Codecs.pair(Codecs.longs(), Codecs.longs());
    private static final List<Long> SEEN = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    private static Path directory;
    private static FluentRig rig;

    /** A reading as its sender sends it. */
    record Reading(String sensor, double value) {
        static Reading of(final long number) {
            return new Reading("s" + number % 10, number / 4.0);
        }

        static Reading higher(final Reading first, final Reading second) {
            return second.value > first.value ? second : first;
        }
    }

    @BeforeAll
    static void open() {
        rig = new FluentRig(directory);
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    @Test
    void shouldMap() {
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.text(), in -> in.map(n -> "n" + n, Codecs.text())))
            .isEqualTo(NUMBERS.stream().map(n -> "n" + n).toList());
    }

    @Test
    void shouldFilter() {
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.longs(), in -> in.filter(n -> n % 3 == 0)))
            .isEqualTo(NUMBERS.stream().filter(n -> n % 3 == 0).toList());
    }

    @Test
    void shouldFlatMap() {
        assertThat(rig.run(LINES, Codecs.text(), Codecs.text(),
            in -> in.flatMap(line -> List.of(line.split(" ")), Codecs.text())))
            .isEqualTo(LINES.stream().flatMap(line -> Stream.of(line.split(" "))).toList());
    }

    @Test
    void shouldPeek() {
        SEEN.clear();
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.longs(), in -> in.peek(n -> SEEN.add(n)))).isEqualTo(NUMBERS);
        assertThat(SEEN).isEqualTo(NUMBERS);
    }

    @Test
    void shouldFuseOperatorsWithoutCodecsBetween() {
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.text(), in -> in.map(Reading::of).filter(r -> r.value() > 9)
            .flatMap(r -> List.of(r, r)).map(Reading::toString).codec(Codecs.text())))
            .isEqualTo(NUMBERS.stream().map(Reading::of).filter(r -> r.value() > 9)
                .flatMap(r -> Stream.of(r, r)).map(Reading::toString).toList());
    }

    /** Running counts: the first of a key, the second, and so on. */
    private static List<Pair<Long, Long>> counts(final List<Long> values) {
        final Map<Long, Long> counts = new HashMap<>();
        return values.stream().map(n -> Pair.of(n % 7, counts.merge(n % 7, 1L, Long::sum))).toList();
    }

    @Test
    void shouldCountByAFunction() {
        assertThat(rig.run(NUMBERS, Codecs.longs(), PAIRS, in -> in.keyBy(n -> n % 7, Codecs.longs()).count()))
            .isEqualTo(counts(NUMBERS));
    }

    @Test
    void shouldCountByBytesOfTheEvent() {
        final Map<Long, Long> counts = new HashMap<>();
        assertThat(rig.run(NUMBERS, Codecs.longs(), PAIRS, in -> in.filter(n -> n > 1)
            .keyBy((event, key) -> key.set(event.buffer(), event.offset(), event.length()), Codecs.longs()).count()))
            .isEqualTo(NUMBERS.stream().filter(n -> n > 1).map(n -> Pair.of(n, counts.merge(n, 1L, Long::sum))).toList());
    }

    @Test
    void shouldCountByThePublishersKey() {
        final Map<Long, Long> counts = new HashMap<>();
        assertThat(rig.run(NUMBERS, Codecs.longs(), PAIRS, in -> in.alreadyKeyedBy(
            (event, key) -> key.set(event.buffer(), event.offset(), event.length()), Codecs.longs()).count()))
            .isEqualTo(NUMBERS.stream().map(n -> Pair.of(n, counts.merge(n, 1L, Long::sum))).toList());
    }

    @Test
    void shouldReduce() {
        final Map<Long, Long> sums = new HashMap<>();
        assertThat(rig.run(NUMBERS, Codecs.longs(), PAIRS, in -> in.keyBy(n -> n % 7, Codecs.longs()).reduce(Long::sum)))
            .isEqualTo(NUMBERS.stream().map(n -> Pair.of(n % 7, sums.merge(n % 7, n, Long::sum))).toList());
    }

    @Test
    void shouldAggregate() {
        final Map<Long, String> texts = new HashMap<>();
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.pair(Codecs.longs(), Codecs.text()),
            in -> in.keyBy(n -> n % 7, Codecs.longs()).aggregate(() -> "", (text, n) -> text + n, Codecs.text())))
            .isEqualTo(NUMBERS.stream().map(n -> Pair.of(n % 7, texts.merge(n % 7, "" + n, String::concat))).toList());
    }

    @Test
    void shouldEmitTheLastResultOfAnEpoch() {
        final List<Pair<Long, Long>> results = rig.run(NUMBERS, Codecs.longs(), PAIRS,
            in -> in.keyBy(n -> n % 7, Codecs.longs()).perEpoch().count());
        final Map<Long, Long> last = new HashMap<>();
        results.forEach(pair -> assertThat(pair.value()).isGreaterThan(last.getOrDefault(pair.key(), 0L))
            .satisfies(count -> last.put(pair.key(), count)));
        final Map<Long, Long> expected = new HashMap<>();
        counts(NUMBERS).forEach(pair -> expected.put(pair.key(), pair.value()));
        assertThat(last).isEqualTo(expected);
    }

    @Test
    void shouldGoOnByTheKeyOfPairs() {
        final Map<Long, Long> best = new HashMap<>();
        assertThat(rig.run(NUMBERS, Codecs.longs(), PAIRS, in -> in.keyBy(n -> n % 7, Codecs.longs()).count()
            .mapValues(n -> n % 5, Codecs.longs()).byKey().reduce(Math::max)))
            .isEqualTo(counts(NUMBERS).stream()
                .map(pair -> Pair.of(pair.key(), best.merge(pair.key(), pair.value() % 5, Math::max))).toList());
    }

    @Test
    void shouldCarryJson() {
        final List<Reading> readings = NUMBERS.stream().map(Reading::of).toList();
        final Codec<Reading> json = Codecs.json(Reading.class);
        final Map<String, Reading> highest = new HashMap<>();
        assertThat(rig.run(readings, json, Codecs.pair(Codecs.text(), json),
            in -> in.keyBy(Reading::sensor, Codecs.text()).reduce(Reading::higher)))
            .isEqualTo(readings.stream()
                .map(r -> Pair.of(r.sensor(), highest.merge(r.sensor(), r, Reading::higher))).toList());
    }
}
