/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import dev.peregrine.apps.nexmark.NexmarkQuery;
import dev.peregrine.bench.flink.EventCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.EventTimeSessionWindows;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** The queries in Flink's DataStream API, with its own windows and joins where it has them. */
final class FlinkQueries {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration SLIDE = Duration.ofSeconds(2);
    /** Flink takes what lies exactly the gap apart into one session; the query does not. */
    private static final Duration GAP = Duration.ofMillis(9_999);
    private static final TypeInformation<Tuple2<Long, Long>> PAIR = Types.TUPLE(Types.LONG, Types.LONG);
    private static final TypeInformation<Tuple3<Long, Long, Long>> TRIPLE =
        Types.TUPLE(Types.LONG, Types.LONG, Types.LONG);

    private FlinkQueries() {
    }

    /** Whether a query is here. */
    static boolean has(final NexmarkQuery query) {
        return query != NexmarkQuery.Q12 && query != NexmarkQuery.Q13;
    }

    /** The results of a query over all events. */
    static DataStream<?> of(final NexmarkQuery query, final DataStream<FlinkEvent> events) {
        final DataStream<FlinkEvent> bids = events.filter(FlinkEvent::isBid);
        return switch (query) {
            case Q0 -> bids;
            case Q1 -> bids.map(FlinkQueries::inEuros, FlinkEventSerializer.TYPE);
            case Q2 -> bids.filter(bid -> bid.id % 123 == 0).map(bid -> Tuple2.of(bid.id, bid.price), PAIR);
            case Q3 -> events.filter(event -> event.isPerson() || event.isAuction() && event.category == 10)
                .keyBy(event -> event.person, Types.LONG)
                .process(new FlinkFunctions.LocalItems(), FlinkEventSerializer.TYPE);
            case Q4 -> won(events, false).keyBy(one -> one.f0, Types.LONG)
                .process(new FlinkFunctions.Average(), PAIR);
            case Q5 -> bids.keyBy(bid -> bid.id, Types.LONG)
                .window(SlidingEventTimeWindows.of(WINDOW, SLIDE))
                .aggregate(new EventCount<>(), new Counted(), Types.LONG, TRIPLE)
                .windowAll(TumblingEventTimeWindows.of(SLIDE))
                .process(new FlinkFunctions.Hottest(), TRIPLE);
            case Q6 -> won(events, true).keyBy(one -> one.f0, Types.LONG)
                .process(new FlinkFunctions.LastTen(), PAIR);
            case Q7 -> bids.windowAll(TumblingEventTimeWindows.of(WINDOW))
                .aggregate(new Highest(), Types.LIST(FlinkEventSerializer.TYPE), Types.LIST(FlinkEventSerializer.TYPE))
                .flatMap((final List<FlinkEvent> highest, final Collector<FlinkEvent> out) -> highest.forEach(out::collect),
                    FlinkEventSerializer.TYPE);
            case Q8 -> events.filter(FlinkEvent::isPerson).coGroup(events.filter(FlinkEvent::isAuction))
                .where(person -> person.id, Types.LONG).equalTo(auction -> auction.person, Types.LONG)
                .window(TumblingEventTimeWindows.of(WINDOW))
                .apply(FlinkQueries::newSellers, FlinkEventSerializer.TYPE);
            case Q11 -> bids.keyBy(bid -> bid.person, Types.LONG)
                .window(EventTimeSessionWindows.withGap(GAP))
                .aggregate(new EventCount<>(), new Counted(), Types.LONG, TRIPLE);
            default -> throw new IllegalArgumentException(query + " is not here");
        };
    }

    private static FlinkEvent inEuros(final FlinkEvent bid) {
        final FlinkEvent result = new FlinkEvent();
        result.set(bid);
        result.price = bid.price * 908 / 1_000;
        return result;
    }

    private static DataStream<Tuple2<Long, Long>> won(final DataStream<FlinkEvent> events, final boolean bySeller) {
        return events.filter(event -> !event.isPerson()).keyBy(event -> event.id, Types.LONG)
            .process(new FlinkFunctions.WinningBids(bySeller), PAIR);
    }

    private static void newSellers(
        final Iterable<FlinkEvent> persons, final Iterable<FlinkEvent> auctions, final Collector<FlinkEvent> out) {
        if (auctions.iterator().hasNext()) {
            persons.forEach(out::collect);
        }
    }

    /** Key, count and end of a window. */
    private static final class Counted implements WindowFunction<Long, Tuple3<Long, Long, Long>, Long, TimeWindow> {
        private static final long serialVersionUID = 1;

        @Override
        public void apply(
            final Long key, final TimeWindow window, final Iterable<Long> counts,
            final Collector<Tuple3<Long, Long, Long>> out) {
            out.collect(Tuple3.of(key, counts.iterator().next(), window.getEnd()));
        }
    }

    /** The bids of the highest price. */
    private static final class Highest implements AggregateFunction<FlinkEvent, List<FlinkEvent>, List<FlinkEvent>> {
        private static final long serialVersionUID = 1;

        @Override
        public List<FlinkEvent> createAccumulator() {
            return new ArrayList<>(1);
        }

        @Override
        public List<FlinkEvent> add(final FlinkEvent bid, final List<FlinkEvent> highest) {
            if (!highest.isEmpty() && bid.price > highest.get(0).price) {
                highest.clear();
            }
            if (highest.isEmpty() || bid.price == highest.get(0).price) {
                highest.add(bid);
            }
            return highest;
        }

        @Override
        public List<FlinkEvent> getResult(final List<FlinkEvent> highest) {
            return highest;
        }

        @Override
        public List<FlinkEvent> merge(final List<FlinkEvent> one, final List<FlinkEvent> other) {
            other.forEach(bid -> add(bid, one));
            return one;
        }
    }
}
