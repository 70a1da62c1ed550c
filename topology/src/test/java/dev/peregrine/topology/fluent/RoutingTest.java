/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedCounter;
import dev.peregrine.topology.state.StateTtl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operators that lead streams apart and together, and stages written by hand. */
@Timeout(120)
class RoutingTest {
    private static final List<Long> NUMBERS = LongStream.range(0, 300).map(i -> i * 7919 % 100).boxed().toList();

    @TempDir
    private static Path directory;
    private static FluentRig rig;

    @BeforeAll
    static void open() {
        rig = new FluentRig(directory);
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    private static List<String> marked(final List<Long> numbers) {
        return numbers.stream().map(n -> n % 2 == 0 ? "even " + n : n % 3 == 0 ? "three " + n : "rest " + n).toList();
    }

    @Test
    void shouldSendEachValueToTheFirstBranchThatTakesIt() {
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.text(), in -> {
            final List<Streamlet<Long>> branches = in.branch(n -> n % 2 == 0, n -> n % 3 == 0);
            return branches.get(0).map(n -> "even " + n, Codecs.text()).union(
                branches.get(1).map(n -> "three " + n, Codecs.text()),
                branches.get(2).map(n -> "rest " + n, Codecs.text()));
        })).isEqualTo(marked(NUMBERS));
    }

    @Test
    void shouldSendEachValueToAllItsSplits() {
        final Map<String, Functions.Condition<? super Long>> conditions = new LinkedHashMap<>();
        conditions.put("even", n -> n % 2 == 0);
        conditions.put("three", n -> n % 3 == 0);
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.text(), in -> {
            final Map<String, Streamlet<Long>> splits = in.split(conditions);
            return splits.get("even").map(n -> "even " + n, Codecs.text())
                .union(splits.get("three").map(n -> "three " + n, Codecs.text()));
        })).isEqualTo(NUMBERS.stream().flatMap(n -> Stream.concat(
            n % 2 == 0 ? Stream.of("even " + n) : Stream.empty(),
            n % 3 == 0 ? Stream.of("three " + n) : Stream.empty())).toList());
    }

    @Test
    void shouldUniteStreamsOfDifferentCodecs() {
        final Codec<Long> asText = new DecimalCodec();
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.longs(), in -> in.filter(n -> n > 50)
            .union(in.map(n -> -n, asText), in)))
            .containsExactlyInAnyOrderElementsOf(NUMBERS.stream().flatMap(n ->
                n > 50 ? Stream.of(n, -n, n) : Stream.of(-n, n)).toList());
    }

    /** Numbers as text. */
    private record DecimalCodec() implements Codec<Long> {
        @Override
        public Long decode(final DirectBuffer buffer, final int offset, final int length) {
            return Long.valueOf(buffer.getStringWithoutLengthAscii(offset, length));
        }

        @Override
        public int encode(final Long value, final org.agrona.MutableDirectBuffer into, final int offset) {
            return into.putStringWithoutLengthAscii(offset, value.toString());
        }
    }

    @Test
    void shouldSpreadOverInstances() {
        final List<Pair<Long, Long>> tasks = rig.run(NUMBERS, Codecs.longs(), Codecs.pair(Codecs.longs(), Codecs.longs()),
            2, (in, out) -> in.repartition(3).process(TaskStage::new, Codecs.pair(Codecs.longs(), Codecs.longs()))
                .parallelism(1).to(out));
        assertThat(tasks.stream().map(Pair::value)).containsExactlyInAnyOrderElementsOf(NUMBERS);
        final List<Pair<Long, Long>> chosen = rig.run(NUMBERS, Codecs.longs(),
            Codecs.pair(Codecs.longs(), Codecs.longs()), 2, (in, out) -> in
                .repartition(3, (event, count) -> (int) event.buffer().getLong(event.offset()) % count)
                .map(n -> Pair.of(n % 3, n), Codecs.pair(Codecs.longs(), Codecs.longs())).parallelism(3).to(out));
        assertThat(chosen).containsExactlyInAnyOrderElementsOf(NUMBERS.stream().map(n -> Pair.of(n % 3, n)).toList());
    }

    /** Puts its number beside each value. */
    static final class TaskStage implements Stage {
        private long task;

        @Override
        public void open(final StageContext context) {
            task = context.task();
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final int at = out.claim(2 * Long.BYTES + Integer.BYTES);
            out.buffer().putBytes(at, event.buffer(), event.offset(), Long.BYTES);
            out.buffer().putLong(at + Long.BYTES, task);
            out.buffer().putInt(at + 2 * Long.BYTES, Long.BYTES);
            out.commit(event.keyHash(), event.timestampNs(), 0, 0);
        }
    }

    /** A stage with state and a further output: every third event of a key goes there, with how often it has come. */
    static final class ThirdStage implements Stage {
        private KeyedCounter counts;
        private Emitter thirds;

        @Override
        public void open(final StageContext context) {
            counts = context.counterState("counts", StateTtl.NEVER);
            thirds = context.output("thirds");
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            assertThat(event.length()).isEqualTo(Long.BYTES);
            final long key = event.buffer().getLong(event.offset()) % 10;
            assertThat(event.keyHash()).isEqualTo(KeyHash.ofBytes(key));
            if (counts.add(key, 1) % 3 == 0) {
                thirds.forward(event, event.keyHash());
            } else {
                out.forward(event, event.keyHash());
            }
        }
    }

    @Test
    void shouldRunStagesWrittenByHand() {
        final long[] counts = new long[10];
        final List<String> expected = new ArrayList<>();
        NUMBERS.forEach(n -> expected.add((++counts[(int) (n % 10)] % 3 == 0 ? "third " : "other ") + n));
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.text(), in -> {
            final Streamlet<Long> others = in.keyBy(n -> n % 10, Codecs.longs()).process(ThirdStage::new, Codecs.longs());
            return others.output("thirds", Codecs.longs()).map(n -> "third " + n, Codecs.text())
                .union(others.map(n -> "other " + n, Codecs.text()));
        })).isEqualTo(expected);
    }

    @Test
    void shouldLogAndPassOn() {
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.longs(), in -> in.log("numbers"))).isEqualTo(NUMBERS);
    }

    /** A flyweight: a number and its square. */
    static final class Square {
        private final UnsafeBuffer buffer = new UnsafeBuffer();

        Square wrap(final DirectBuffer memory, final int offset, final int length) {
            buffer.wrap(memory, offset, length);
            return this;
        }

        long number() {
            return buffer.getLong(0);
        }

        long square() {
            return buffer.getLong(Long.BYTES);
        }
    }

    private static Codec<Square> squares() {
        return Codecs.flyweight(7, 3, () -> new Square()::wrap);
    }

    @Test
    void shouldCarryFlyweights() {
        assertThat(rig.run(NUMBERS, Codecs.longs(), Codecs.pair(Codecs.longs(), Codecs.longs()), in -> in
            .write(() -> (n, into, offset) -> {
                into.putLong(offset, n);
                into.putLong(offset + Long.BYTES, n * n);
                return 2 * Long.BYTES;
            }, squares())
            .filter(square -> square.square() > 100)
            .keyBy(square -> square.number() % 5, Codecs.longs())
            .reduce((best, square) -> square.square() > best.square() ? square : best)
            .mapValues(Square::square, Codecs.longs())))
            .isEqualTo(bestSquares());
    }

    private static List<Pair<Long, Long>> bestSquares() {
        final Map<Long, Long> best = new LinkedHashMap<>();
        return NUMBERS.stream().filter(n -> n * n > 100)
            .map(n -> Pair.of(n % 5, best.merge(n % 5, n * n, Math::max))).toList();
    }
}
