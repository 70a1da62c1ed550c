/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.TestEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Against the naive computation: added one by one, or in parts that are merged. */
class AggregatorsTest {
    private static final KeySelector ITEM = (event, key) -> key.set(event.buffer(), event.offset(), Long.BYTES);
    private static final LongExtractor LONG = event -> event.buffer().getLong(event.offset());
    private static final DoubleExtractor DOUBLE = event -> event.buffer().getLong(event.offset());

    private static TestEvent event(final long value) {
        return new TestEvent(
            ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(value).array(), 0, 0, 0);
    }

    /** Splits values into parts, adds each part up, merges the parts into the first, and returns the result. */
    private static UnsafeBuffer aggregate(final Aggregator shared, final List<Long> values, final int parts) {
        final Aggregator aggregator = shared.forInstance();
        final int length = aggregator.accumulatorLength();
        final UnsafeBuffer accumulators = new UnsafeBuffer(new byte[length * parts]);
        for (int i = 0; i < values.size(); i++) {
            aggregator.add(event(values.get(i)), accumulators, i % parts * length);
        }
        for (int part = 1; part < parts; part++) {
            aggregator.merge(accumulators, part * length, accumulators, 0);
        }
        final UnsafeBuffer result = new UnsafeBuffer(new byte[aggregator.resultLength()]);
        aggregator.result(accumulators, 0, result, 0);
        return result;
    }

    private static List<Long> values(final SplittableRandom random, final int count, final long bound) {
        final List<Long> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(random.nextLong(bound));
        }
        return values;
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void shouldComputeWhatTheNaiveWayDoes(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 300) final int count,
        @ForAll @IntRange(min = 1, max = 5) final int parts) {
        final List<Long> values = values(new SplittableRandom(seed), count, 1_000).stream().map(v -> v - 500).toList();
        final UnsafeBuffer result = aggregate(
            Aggregators.all(Aggregators.count(), Aggregators.sum(LONG), Aggregators.min(LONG), Aggregators.max(LONG),
                Aggregators.sumDouble(DOUBLE), Aggregators.mean(DOUBLE), Aggregators.minDouble(DOUBLE),
                Aggregators.maxDouble(DOUBLE)), values, parts);
        final long sum = values.stream().mapToLong(Long::longValue).sum();
        final long min = values.stream().mapToLong(Long::longValue).min().orElseThrow();
        final long max = values.stream().mapToLong(Long::longValue).max().orElseThrow();
        assertThat(result.getLong(0)).isEqualTo(count);
        assertThat(result.getLong(8)).isEqualTo(sum);
        assertThat(result.getLong(16)).isEqualTo(min);
        assertThat(result.getLong(24)).isEqualTo(max);
        assertThat(result.getDouble(32)).isEqualTo(sum);
        assertThat(result.getDouble(40)).isEqualTo((double) sum / count);
        assertThat(result.getDouble(48)).isEqualTo(min);
        assertThat(result.getDouble(56)).isEqualTo(max);
    }

    @Test
    void shouldSayWhenThereWasNothing() {
        final UnsafeBuffer result = aggregate(
            Aggregators.all(Aggregators.min(LONG), Aggregators.max(LONG), Aggregators.mean(DOUBLE),
                Aggregators.minDouble(DOUBLE), Aggregators.quantiles(DOUBLE, 0.5), Aggregators.distinct(ITEM)),
            List.of(), 2);
        assertThat(result.getLong(0)).isEqualTo(Long.MAX_VALUE);
        assertThat(result.getLong(8)).isEqualTo(Long.MIN_VALUE);
        assertThat(result.getDouble(16)).isNaN();
        assertThat(result.getDouble(24)).isNaN();
        assertThat(result.getDouble(32)).isNaN();
        assertThat(result.getLong(40)).isZero();
    }

    @Test
    void shouldRefuseSumThatOverflows() {
        assertThatThrownBy(() -> aggregate(Aggregators.sum(LONG), List.of(Long.MAX_VALUE, 1L), 1))
            .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void shouldEstimateDistinctItemsWithinThreeStandardErrors() {
        final SplittableRandom random = new SplittableRandom(1);
        for (final int precision : new int[] {4, 11, 14}) {
            final double error = 3 * 1.04 / Math.sqrt(1 << precision);
            for (final int distinct : new int[] {1, 10, 100, 1_000, 10_000, 100_000}) {
                final List<Long> values = new ArrayList<>();
                final long base = random.nextLong(1L << 40);
                for (long i = 0; i < distinct; i++) {
                    values.add(base + i);
                    values.add(base + i / 2);
                }
                final long estimate = aggregate(Aggregators.distinct(ITEM, precision), values, 3).getLong(0);
                assertThat((double) estimate).as("precision %d", precision)
                    .isCloseTo(distinct, within(Math.max(1, error * distinct)));
            }
        }
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void shouldFindQuantilesToTheAccuracy(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 2_000) final int count,
        @ForAll @IntRange(min = 1, max = 4) final int parts, @ForAll @IntRange(min = 1, max = 14) final int bits) {
        final List<Long> values = values(new SplittableRandom(seed), count, 1L << bits);
        final double[] ranks = {0, 0.25, 0.5, 0.9, 0.99, 1};
        final UnsafeBuffer result = aggregate(Aggregators.quantiles(DOUBLE, ranks), values, parts);
        final List<Long> sorted = values.stream().sorted().toList();
        for (int i = 0; i < ranks.length; i++) {
            final double exact = sorted.get((int) Math.floor(ranks[i] * (count - 1)));
            assertThat(result.getDouble(i * Double.BYTES)).as("rank %s", ranks[i])
                .isCloseTo(exact, within(exact * 0.01001));
        }
        assertThat(result).as("the order does not matter")
            .isEqualTo(aggregate(Aggregators.quantiles(DOUBLE, ranks), sorted, 1));
    }

    @Test
    void shouldKeepHighQuantilesWhereBinsAreFew() {
        final List<Long> values = new ArrayList<>();
        for (long i = 1; i <= 1_000_000; i += 7) {
            values.add(i);
        }
        final UnsafeBuffer result = aggregate(Aggregators.quantiles(DOUBLE, 0.01, 64, 0.9, 0.99), values, 2);
        assertThat(result.getDouble(0)).isCloseTo(900_000, within(9_100.0));
        assertThat(result.getDouble(8)).isCloseTo(990_000, within(10_000.0));
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void shouldRankItemsWithinTheErrorItSays(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 3_000) final int count,
        @ForAll @IntRange(min = 1, max = 4) final int parts, @ForAll @IntRange(min = 1, max = 100) final int items) {
        final SplittableRandom random = new SplittableRandom(seed);
        final List<Long> values = new ArrayList<>();
        final Map<Long, Long> exact = new HashMap<>();
        for (int i = 0; i < count; i++) {
            final long item = random.nextInt(1 + random.nextInt(items));
            values.add(item);
            exact.merge(item, 1L, Long::sum);
        }
        final int counters = 20;
        final UnsafeBuffer result = aggregate(Aggregators.topK(ITEM, 5, Long.BYTES, counters), values, parts);
        final int stride = TopKDescriptor.length(Long.BYTES);
        long before = Long.MAX_VALUE;
        final Map<Long, Long> found = new HashMap<>();
        for (int rank = 0; rank < 5; rank++) {
            final long ranked = result.getLong(rank * stride + TopKDescriptor.COUNT_OFFSET);
            final long error = result.getLong(rank * stride + TopKDescriptor.ERROR_OFFSET);
            assertThat(ranked).isLessThanOrEqualTo(before);
            before = ranked;
            if (ranked == 0) {
                assertThat(exact.size()).isLessThanOrEqualTo(rank);
                continue;
            }
            final long item = result.getLong(rank * stride + TopKDescriptor.ITEM_OFFSET);
            assertThat(found.put(item, ranked)).isNull();
            assertThat(exact.getOrDefault(item, 0L)).isBetween(ranked - error, ranked);
            assertThat(error).isLessThanOrEqualTo(count / counters);
            if (exact.size() <= counters) {
                assertThat(error).isZero();
            }
        }
        if (exact.size() <= counters) {
            assertThat(found.values().stream().sorted().toList()).isEqualTo(exact.values().stream()
                .sorted((a, b) -> Long.compare(b, a)).limit(5).sorted().toList());
        }
    }

    @Test
    void shouldSurviveSerialisation() throws IOException, ClassNotFoundException {
        final Aggregator aggregator = Aggregators.all(Aggregators.topK(ITEM, 2, 8), Aggregators.distinct(ITEM));
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(aggregator);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            final Aggregator read = (Aggregator) in.readObject();
            final List<Long> values = List.of(3L, 3L, 5L);
            assertThat(aggregate(read, values, 1)).isEqualTo(aggregate(aggregator, values, 1));
        }
    }

    @Test
    void shouldRefuseSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> Aggregators.distinct(ITEM, 3)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Aggregators.quantiles(DOUBLE)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Aggregators.quantiles(DOUBLE, 1.5)).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("1.5");
        assertThatThrownBy(() -> Aggregators.topK(ITEM, 5, 8, 4)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> aggregate(Aggregators.quantiles(DOUBLE, 0.5), List.of(-1L), 1))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("-1");
    }
}
