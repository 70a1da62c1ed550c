/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.nexmark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.windowing.ProcessAllWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** The operators of the queries that keep state of their own, as one writes them for Flink. */
final class FlinkFunctions {
    private FlinkFunctions() {
    }

    /** Query 3: auctions wait for their seller. By the person. */
    static final class LocalItems extends KeyedProcessFunction<Long, FlinkEvent, FlinkEvent> {
        private static final long serialVersionUID = 1;
        private transient ValueState<FlinkEvent> person;
        private transient ListState<FlinkEvent> waiting;

        @Override
        public void open(final OpenContext context) {
            person = getRuntimeContext().getState(new ValueStateDescriptor<>("person", FlinkEventSerializer.TYPE));
            waiting = getRuntimeContext().getListState(new ListStateDescriptor<>("waiting", FlinkEventSerializer.TYPE));
        }

        @Override
        public void processElement(final FlinkEvent event, final Context context, final Collector<FlinkEvent> out)
            throws Exception {
            if (event.isPerson()) {
                person.update(event);
                for (final FlinkEvent auction : waiting.get()) {
                    join(event, auction, out);
                }
                waiting.clear();
            } else if (person.value() == null) {
                waiting.add(event);
            } else {
                join(person.value(), event, out);
            }
        }

        private static void join(final FlinkEvent person, final FlinkEvent auction, final Collector<FlinkEvent> out) {
            if ("OR".equals(person.state) || "ID".equals(person.state) || "CA".equals(person.state)) {
                final FlinkEvent result = new FlinkEvent();
                result.set(person);
                result.id = auction.id;
                out.collect(result);
            }
        }
    }

    /** Queries 4 and 6: the winning bid of an auction when it closes: group, price. By the auction. */
    static final class WinningBids extends KeyedProcessFunction<Long, FlinkEvent, Tuple2<Long, Long>> {
        private static final long serialVersionUID = 1;
        private final boolean bySeller;
        private transient ValueState<FlinkEvent> auction;
        private transient ValueState<Long> highest;
        private transient ListState<Tuple2<Long, Long>> early;

        WinningBids(final boolean bySeller) {
            this.bySeller = bySeller;
        }

        @Override
        public void open(final OpenContext context) {
            auction = getRuntimeContext().getState(new ValueStateDescriptor<>("auction", FlinkEventSerializer.TYPE));
            highest = getRuntimeContext().getState(new ValueStateDescriptor<>("highest", Types.LONG));
            early = getRuntimeContext().getListState(
                new ListStateDescriptor<>("early", Types.TUPLE(Types.LONG, Types.LONG)));
        }

        @Override
        public void processElement(
            final FlinkEvent event, final Context context, final Collector<Tuple2<Long, Long>> out) throws Exception {
            if (event.isAuction()) {
                auction.update(event);
                context.timerService().registerEventTimeTimer(event.expiresMillis - 1);
                for (final Tuple2<Long, Long> bid : early.get()) {
                    bid(event, bid.f0, bid.f1);
                }
                early.clear();
            } else if (auction.value() != null) {
                bid(auction.value(), event.timeMillis, event.price);
            } else if (event.timeMillis > context.timerService().currentWatermark()) {
                early.add(Tuple2.of(event.timeMillis, event.price));
                context.timerService().registerEventTimeTimer(event.timeMillis);
            }
        }

        private void bid(final FlinkEvent of, final long timeMillis, final long price) throws Exception {
            if (timeMillis >= of.timeMillis && timeMillis < of.expiresMillis) {
                final Long before = highest.value();
                if (before == null || price > before) {
                    highest.update(price);
                }
            }
        }

        @Override
        public void onTimer(final long timeMillis, final OnTimerContext context, final Collector<Tuple2<Long, Long>> out)
            throws Exception {
            final FlinkEvent closing = auction.value();
            if (closing == null) {
                dropEarly(timeMillis);
            } else if (closing.expiresMillis - 1 == timeMillis) {
                final Long price = highest.value();
                if (price != null) {
                    out.collect(Tuple2.of(bySeller ? closing.person : closing.category, price));
                }
                auction.clear();
                highest.clear();
            }
        }

        private void dropEarly(final long timeMillis) throws Exception {
            final List<Tuple2<Long, Long>> left = new ArrayList<>();
            for (final Tuple2<Long, Long> bid : early.get()) {
                if (bid.f0 > timeMillis) {
                    left.add(bid);
                }
            }
            early.update(left);
        }
    }

    /** Query 4: the average so far. By the category. */
    static final class Average extends KeyedProcessFunction<Long, Tuple2<Long, Long>, Tuple2<Long, Long>> {
        private static final long serialVersionUID = 1;
        private transient ValueState<Tuple2<Long, Long>> sumAndCount;

        @Override
        public void open(final OpenContext context) {
            sumAndCount = getRuntimeContext().getState(
                new ValueStateDescriptor<>("sum", Types.TUPLE(Types.LONG, Types.LONG)));
        }

        @Override
        public void processElement(
            final Tuple2<Long, Long> won, final Context context, final Collector<Tuple2<Long, Long>> out)
            throws Exception {
            final Tuple2<Long, Long> before = sumAndCount.value();
            final Tuple2<Long, Long> after = before == null ? Tuple2.of(won.f1, 1L)
                : Tuple2.of(before.f0 + won.f1, before.f1 + 1);
            sumAndCount.update(after);
            out.collect(Tuple2.of(won.f0, after.f0 / after.f1));
        }
    }

    /** Query 6: the average of the last ten. By the seller. */
    static final class LastTen extends KeyedProcessFunction<Long, Tuple2<Long, Long>, Tuple2<Long, Long>> {
        private static final long serialVersionUID = 1;
        private static final int LAST = 10;
        private transient ListState<Long> prices;

        @Override
        public void open(final OpenContext context) {
            prices = getRuntimeContext().getListState(new ListStateDescriptor<>("prices", Types.LONG));
        }

        @Override
        public void processElement(
            final Tuple2<Long, Long> won, final Context context, final Collector<Tuple2<Long, Long>> out)
            throws Exception {
            final List<Long> last = new ArrayList<>(LAST + 1);
            for (final Iterator<Long> before = prices.get().iterator(); before.hasNext();) {
                last.add(before.next());
            }
            last.add(won.f1);
            if (last.size() > LAST) {
                last.remove(0);
            }
            prices.update(last);
            long sum = 0;
            for (final Long price : last) {
                sum += price;
            }
            out.collect(Tuple2.of(won.f0, sum / last.size()));
        }
    }

    /** Query 5: of the counts of a window, the highest. By the window's end. */
    static final class Hottest
        extends ProcessAllWindowFunction<Tuple3<Long, Long, Long>, Tuple3<Long, Long, Long>, TimeWindow> {
        private static final long serialVersionUID = 1;

        @Override
        public void process(
            final Context context, final Iterable<Tuple3<Long, Long, Long>> counts,
            final Collector<Tuple3<Long, Long, Long>> out) {
            long most = 0;
            for (final Tuple3<Long, Long, Long> count : counts) {
                most = Math.max(most, count.f1);
            }
            for (final Tuple3<Long, Long, Long> count : counts) {
                if (count.f1 == most) {
                    out.collect(count);
                }
            }
        }
    }
}
