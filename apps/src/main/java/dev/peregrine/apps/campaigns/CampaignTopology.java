/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.campaigns;

import com.typesafe.config.Config;
import dev.peregrine.app.TopologyFactory;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import java.io.Serializable;
import java.util.function.Supplier;

/** The ad pipeline: events > join, views only > window, by campaign > store. */
public final class CampaignTopology implements TopologyFactory {
    /** Stream of ad events, if the configuration names no other. */
    public static final String STREAM = "ad-events";
    /** Table of counts, if the configuration names no other. */
    public static final String TABLE = "campaigns";

    /** Gives each instance the campaigns that it joins with. */
    @FunctionalInterface
    public interface CampaignSupplier extends Supplier<Campaigns>, Serializable {
    }

    @Override
    public Topology create(final String name, final Config config) {
        final String table = config.hasPath("settings.table") ? config.getString("settings.table") : TABLE;
        return create(name, config.hasPath("settings.stream") ? config.getString("settings.stream") : STREAM,
            config.hasPath("threads") ? config.getInt("threads") : 0, 1, Campaigns::published,
            () -> new StoreStage(table));
    }

    /**
     * The topology on a number of threads (0: what the planner chooses), with so many instances that count, and a sink
     * that takes SBE messages {@code CampaignCount}.
     */
    public static Topology create(
        final String name, final String stream, final int threads, final int parallelism,
        final CampaignSupplier campaigns, final StageSupplier sink) {
        return TopologyBuilder.named(name)
            .threads(threads)
            .source("events", stream)
            .stage("join", () -> new JoinStage(campaigns.get())).shuffle("events")
            .stage("window", parallelism, WindowStage::new).key("join")
            .sink("store", sink).global("window")
            .build();
    }
}
