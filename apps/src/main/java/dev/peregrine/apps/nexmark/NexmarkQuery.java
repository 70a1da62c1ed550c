/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.core.time.EngineClock;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import java.io.Serializable;
import java.util.function.Supplier;
import org.agrona.concurrent.EpochNanoClock;

/**
 * The queries of the benchmark, each as a topology over one stream of events. Their results are SBE messages of schema
 * {@code nexmark.xml}, which go to a sink of the caller's.
 */
public enum NexmarkQuery {
    /** Pass through: every bid. */
    Q0,
    /** Currency conversion: every bid in euros. */
    Q1,
    /** Selection: bids for certain auctions. */
    Q2,
    /** Local item suggestion: an unbounded join of auctions with their sellers. */
    Q3,
    /** Average price for a category: winning bids of closed auctions, averaged. */
    Q4,
    /** Hot items: auctions with most bids in a sliding window. */
    Q5,
    /** Average selling price by seller: of the last ten auctions won. */
    Q6,
    /** Highest bid of a tumbling window. */
    Q7,
    /** Monitor new users: a join within a tumbling window. */
    Q8,
    /** User sessions: bids per bidder and session. */
    Q11,
    /** Bids per bidder and window of processing time. */
    Q12,
    /** Bounded side input: bids joined with a table in memory. */
    Q13;

    private static final String EVENTS = "events";
    private static final String SELECT = "select";
    private static final String QUERY = "query";
    private static final String COMBINE = "combine";
    private static final String RESULTS = "results";
    private static final int SIDE_INPUT_ROWS = 10_000;

    /** Where the processing time of query 12 comes from. */
    @FunctionalInterface
    public interface ClockSupplier extends Supplier<EpochNanoClock>, Serializable {
    }

    /**
     * How a query runs.
     *
     * @param name of the topology.
     * @param stream of events.
     * @param parallelism instances of the stages that can be several.
     * @param threads to run on, or 0 for what the planner chooses.
     * @param epochIntervalMicros how long events are gathered before their results are committed together.
     * @param maxDelayNs how far events may come out of order, nanoseconds of event time.
     * @param sink makes what takes the results; one instance.
     * @param clock processing time.
     */
    public record Job(
        String name, String stream, int parallelism, int threads, long epochIntervalMicros, long maxDelayNs,
        StageSupplier sink, ClockSupplier clock) {
        private static final long DEFAULT_EPOCH_INTERVAL_MICROS = 500;

        /** With one instance of each stage, events in order and the system's clock. */
        public Job(final String name, final String stream, final StageSupplier sink) {
            this(name, stream, 1, 0, DEFAULT_EPOCH_INTERVAL_MICROS, 0, sink, () -> EngineClock.INSTANCE);
        }

        /** The same on so many threads with so many instances of each stage. */
        public Job on(final int newThreads, final int newParallelism) {
            return new Job(name, stream, newParallelism, newThreads, epochIntervalMicros, maxDelayNs, sink, clock);
        }

        /** The same with an interval between commits, microseconds. */
        public Job withEpochIntervalMicros(final long value) {
            return new Job(name, stream, parallelism, threads, value, maxDelayNs, sink, clock);
        }

        /** The same for events that come out of order. */
        public Job withMaxDelayNs(final long value) {
            return new Job(name, stream, parallelism, threads, epochIntervalMicros, value, sink, clock);
        }

        /** The same with another clock. */
        public Job withClock(final ClockSupplier value) {
            return new Job(name, stream, parallelism, threads, epochIntervalMicros, maxDelayNs, sink, value);
        }
    }

    /** The topology of this query. */
    public Topology topology(final Job job) {
        final TopologyBuilder builder = TopologyBuilder.named(job.name())
            .threads(job.threads()).epochIntervalMicros(job.epochIntervalMicros())
            .source(EVENTS, job.stream());
        final int parallelism = job.parallelism();
        final long delayNs = job.maxDelayNs();
        String last = QUERY;
        switch (this) {
            case Q0 -> bids(builder, Fields.BID_AUCTION, delayNs)
                .stage(QUERY, parallelism, BidStages.PassThrough::new).shuffle(SELECT);
            case Q1 -> bids(builder, Fields.BID_AUCTION, delayNs)
                .stage(QUERY, parallelism, BidStages.CurrencyConversion::new).shuffle(SELECT);
            case Q2 -> bids(builder, Fields.BID_AUCTION, delayNs)
                .stage(QUERY, parallelism, BidStages.Selection::new).shuffle(SELECT);
            case Q3 -> builder
                .stage(SELECT, () -> new SelectStage(
                    Fields.PERSON_ID, Fields.AUCTION_SELLER, SelectStage.NO, delayNs)).shuffle(EVENTS)
                .stage(QUERY, parallelism, LocalItemStage::new).key(SELECT);
            case Q4, Q6 -> {
                final boolean bySeller = this == Q6;
                builder
                    .stage(SELECT, () -> new SelectStage(
                        SelectStage.NO, Fields.AUCTION_ID, Fields.BID_AUCTION, delayNs)).shuffle(EVENTS)
                    .stage(QUERY, parallelism, () -> new WinningBidStage(bySeller)).key(SELECT)
                    .stage(COMBINE, parallelism, () -> new AverageStage(bySeller)).key(QUERY);
                last = COMBINE;
            }
            case Q5 -> {
                bids(builder, Fields.BID_AUCTION, delayNs)
                    .stage(QUERY, parallelism, HotItemStage::new).key(SELECT)
                    .stage(COMBINE, HottestItemStage::new).global(QUERY);
                last = COMBINE;
            }
            case Q7 -> {
                bids(builder, Fields.BID_AUCTION, delayNs)
                    .stage(QUERY, parallelism, HighestBidStage::new).shuffle(SELECT);
                if (parallelism > 1) {
                    builder.stage(COMBINE, HighestBidStage::new).global(QUERY);
                    last = COMBINE;
                }
            }
            case Q8 -> builder
                .stage(SELECT, () -> new SelectStage(
                    Fields.PERSON_ID, Fields.AUCTION_SELLER, SelectStage.NO, delayNs)).shuffle(EVENTS)
                .stage(QUERY, parallelism, NewSellerStage::new).key(SELECT);
            case Q11 -> bids(builder, Fields.BID_BIDDER, delayNs)
                .stage(QUERY, parallelism, SessionStage::new).key(SELECT);
            case Q12 -> {
                final ClockSupplier clock = job.clock();
                bids(builder, Fields.BID_BIDDER, delayNs)
                    .stage(QUERY, parallelism, () -> new ProcessingTimeStage(clock.get())).key(SELECT);
            }
            case Q13 -> bids(builder, Fields.BID_AUCTION, delayNs)
                .stage(QUERY, parallelism,
                    () -> new BidStages.Enrichment(SideInput.numbered(SIDE_INPUT_ROWS))).shuffle(SELECT);
            default -> throw new IllegalStateException("no topology for " + this);
        }
        return builder.sink(RESULTS, job.sink()).global(last).build();
    }

    private static TopologyBuilder bids(final TopologyBuilder builder, final int keyField, final long maxDelayNs) {
        return builder.stage(SELECT, () -> new SelectStage(SelectStage.NO, SelectStage.NO, keyField, maxDelayNs))
            .shuffle(EVENTS);
    }
}
