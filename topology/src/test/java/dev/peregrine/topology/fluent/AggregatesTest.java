/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.aggregate.Aggregators;
import dev.peregrine.topology.time.WatermarkStrategy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Aggregates per key and per window, against {@code java.util.stream}. */
@Timeout(120)
class AggregatesTest {
    private static final long SIZE = 50;
    private static final long END = 1_000_000;
    private static final Codec<Bid> BIDS = Codecs.json(Bid.class);
    private static final List<Bid> ALL = bids();

    @TempDir
    private static Path directory;
    private static FluentRig rig;

    /** Somebody's bid. */
    record Bid(String bidder, String item, long price, long timeNs) {
    }

    private static List<Bid> bids() {
        final SplittableRandom random = new SplittableRandom(17);
        final List<Bid> bids = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            bids.add(new Bid("b" + random.nextInt(4), "i" + random.nextInt(1 + random.nextInt(6)), random.nextInt(1_000),
                2L * i - random.nextInt(10)));
        }
        return bids;
    }

    @BeforeAll
    static void open() {
        rig = new FluentRig(directory);
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    private <R> Map<String, R> lastPerKey(
        final Codec<R> codec, final Function<KeyedStreamlet<String, Bid>, PairStreamlet<String, R>> operator) {
        final Map<String, R> last = new TreeMap<>();
        rig.run(ALL, BIDS, Codecs.pair(Codecs.text(), codec),
            in -> operator.apply(in.keyBy(Bid::bidder, Codecs.text())))
            .forEach(pair -> last.put(pair.key(), pair.value()));
        return last;
    }

    private static <R> Map<String, R> perKey(final Function<List<Bid>, R> function) {
        return new TreeMap<>(ALL.stream().collect(Collectors.groupingBy(Bid::bidder,
            Collectors.collectingAndThen(Collectors.toList(), function))));
    }

    private static List<Ranked<String>> top(final List<Bid> bids) {
        return bids.stream().collect(Collectors.groupingBy(Bid::item, Collectors.counting())).entrySet().stream()
            .map(entry -> new Ranked<>(entry.getKey(), entry.getValue(), 0))
            .sorted(Comparator.comparingLong(ranked -> -ranked.count())).limit(2).toList();
    }

    @Test
    void shouldComputeOverAllEventsOfAKey() {
        assertThat(lastPerKey(Codecs.longs(), keyed -> keyed.aggregate(Aggregates.sum(Bid::price))))
            .isEqualTo(perKey(bids -> bids.stream().mapToLong(Bid::price).sum()));
        assertThat(lastPerKey(Codecs.longs(), keyed -> keyed.perEpoch().aggregate(Aggregates.max(Bid::price))))
            .isEqualTo(perKey(bids -> bids.stream().mapToLong(Bid::price).max().orElseThrow()));
        assertThat(lastPerKey(Codecs.doubles(), keyed -> keyed.aggregate(Aggregates.mean(Bid::price))))
            .isEqualTo(perKey(bids -> bids.stream().mapToLong(Bid::price).average().orElseThrow()));
        assertThat(lastPerKey(Codecs.longs(), keyed -> keyed.distinct(Bid::item, Codecs.text())))
            .isEqualTo(perKey(bids -> bids.stream().map(Bid::item).distinct().count()));
        assertThat(lastPerKey(new RankedCodec<>(Codecs.text(), 8), keyed -> keyed.topK(Bid::item, Codecs.text(), 2, 8)))
            .usingRecursiveComparison().comparingOnlyFields("count", "error").isEqualTo(perKey(AggregatesTest::top));
    }

    @Test
    void shouldLetTheFirstEventOfAKeyThrough() {
        final Set<String> seen = new HashSet<>();
        assertThat(rig.run(ALL, BIDS, BIDS, in -> in.keyBy(Bid::item, Codecs.text()).distinct()))
            .isEqualTo(ALL.stream().filter(bid -> seen.add(bid.item())).toList());
    }

    private static <R> List<WindowResult<String, R>> windows(
        final long size, final long slide, final Function<List<Bid>, R> function) {
        final List<WindowResult<String, R>> results = new ArrayList<>();
        for (long start = -20 * slide; start < END / 1_000; start += slide) {
            final long from = start;
            ALL.stream().filter(bid -> bid.timeNs() >= from && bid.timeNs() < from + size)
                .collect(Collectors.groupingBy(Bid::bidder, TreeMap::new, Collectors.toList()))
                .forEach((bidder, bids) ->
                    results.add(new WindowResult<>(
                        bidder, from, from + size, WindowResult.Firing.ON_TIME, function.apply(bids))));
        }
        return results;
    }

    private <R> List<WindowResult<String, R>> run(
        final Codec<R> codec, final Window window,
        final Function<WindowedStreamlet<String, Bid>, Streamlet<WindowResult<String, R>>> operator) {
        final List<Bid> withEnd = new ArrayList<>(ALL);
        withEnd.add(new Bid("end", "", 0, END)); // moves event time past the last window
        return rig.run(withEnd, BIDS, new WindowResultCodec<>(Codecs.text(), codec), in -> operator.apply(
            in.watermarks(WatermarkStrategy.boundedOutOfOrderness(Duration.ofNanos(10)), Bid::timeNs)
                .keyBy(Bid::bidder, Codecs.text()).window(window)));
    }

    @Test
    void shouldComputeOverTumblingWindows() {
        final Window window = Window.tumbling(Duration.ofNanos(SIZE));
        assertThat(run(Codecs.longs(), window, WindowedStreamlet::count))
            .containsExactlyInAnyOrderElementsOf(windows(SIZE, SIZE, bids -> (long) bids.size()));
        assertThat(run(BIDS, window, keyed -> keyed.reduce(AggregatesTest::better, 200)
            .map(result -> result, new WindowResultCodec<>(Codecs.text(), BIDS))))
            .containsExactlyInAnyOrderElementsOf(
                windows(SIZE, SIZE, bids -> bids.stream().reduce(AggregatesTest::better).orElseThrow()));
        assertThat(run(Codecs.longs(), window, keyed -> keyed.distinct(Bid::item, Codecs.text())))
            .containsExactlyInAnyOrderElementsOf(
                windows(SIZE, SIZE, bids -> bids.stream().map(Bid::item).distinct().count()));
    }

    private static Bid better(final Bid first, final Bid second) {
        return Comparator.comparingLong(Bid::price).thenComparing(Bid::item).thenComparing(Bid::timeNs)
            .compare(first, second) >= 0 ? first : second;
    }

    @Test
    void shouldComputeOverSlidingWindows() {
        final Window window = Window.sliding(Duration.ofNanos(SIZE), Duration.ofNanos(20));
        assertThat(run(Codecs.longs(), window, keyed -> keyed.aggregate(Aggregates.min(Bid::price))))
            .containsExactlyInAnyOrderElementsOf(
                windows(SIZE, 20, bids -> bids.stream().mapToLong(Bid::price).min().orElseThrow()));
        assertThat(run(new DoublesCodec(), window, keyed -> keyed.aggregate(Aggregates.quantiles(Bid::price, 0, 1))))
            .allSatisfy(result -> assertThat(result.value()).hasSize(2))
            .hasSameSizeAs(windows(SIZE, 20, List::size));
        assertThat(run(Codecs.longs(), window, keyed -> keyed.aggregate(
            Aggregates.of(Aggregators.count(), Codecs.longs()))))
            .containsExactlyInAnyOrderElementsOf(windows(SIZE, 20, bids -> (long) bids.size()));
    }

    @Test
    void shouldHandOverWhatComesTooLate() {
        final List<Bid> late =
            List.of(new Bid("b0", "i0", 1, 5), new Bid("b0", "i0", 2, 500), new Bid("b1", "i1", 3, 7));
        assertThat(rig.run(late, BIDS, BIDS, 1, (in, out) -> in
            .watermarks(WatermarkStrategy.boundedOutOfOrderness(Duration.ofDays(1)), Bid::timeNs)
            .process(PassStage::new, BIDS)
            .keyBy(Bid::bidder, Codecs.text()).window(Window.tumbling(Duration.ofNanos(SIZE)))
            .late(bids -> bids.to(out)).count()))
            .isEqualTo(late.subList(2, 3));
    }

    /** Passes events on, and says after each that event time has come to it. */
    static final class PassStage implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            out.forward(event, event.keyHash());
            out.watermark(event.timestampNs());
        }
    }
}
