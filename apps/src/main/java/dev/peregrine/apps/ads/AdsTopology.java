/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import com.typesafe.config.Config;
import dev.peregrine.app.TopologyFactory;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import java.util.concurrent.TimeUnit;

/** The ads topology: impressions > parse > count, by ad > store. */
public final class AdsTopology implements TopologyFactory {
    /** Stream of ad events. */
    public static final String STREAM = "impressions";
    /** Stream of input lines that are no events. */
    public static final String DEAD_LETTER_STREAM = "ads.dead-letter";
    /** Table of totals per ad. */
    public static final String TABLE = "ad";
    /** Table of counts per ad and day. */
    public static final String WINDOW_TABLE = "ad_window";
    /** Cache of totals per ad. */
    public static final String CACHE = "ad";

    @Override
    public Topology create(final String name, final Config config) {
        final int threads = config.hasPath("threads") ? config.getInt("threads") : 0;
        final long intervalMicros = config.hasPath("epoch-interval")
            ? config.getDuration("epoch-interval", TimeUnit.MICROSECONDS) : 500;
        return create(name, threads, intervalMicros);
    }

    /** The topology on a number of threads (0: what the planner chooses), committing at an interval. */
    public static Topology create(final String name, final int threads, final long epochIntervalMicros) {
        return TopologyBuilder.named(name)
            .epochIntervalMicros(epochIntervalMicros)
            .threads(threads)
            .source("source", STREAM)
            .stage("parse", ParseStage::new).shuffle("source")
            .stage("count", CountStage::new).key("parse")
            .sink("store", StoreStage::new).global("count")
            .build();
    }
}
