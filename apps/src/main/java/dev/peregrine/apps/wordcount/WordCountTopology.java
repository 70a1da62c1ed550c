/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.wordcount;

import com.typesafe.config.Config;
import dev.peregrine.app.TopologyFactory;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;

/** The word count: lines > split > count, by word > store. */
public final class WordCountTopology implements TopologyFactory {
    /** Stream of lines, UTF-8, if the configuration names no other. */
    public static final String STREAM = "lines";
    /** Table of counts, if the configuration names no other. */
    public static final String TABLE = "words";

    @Override
    public Topology create(final String name, final Config config) {
        final String table = config.hasPath("settings.table") ? config.getString("settings.table") : TABLE;
        return create(name, config.hasPath("settings.stream") ? config.getString("settings.stream") : STREAM,
            config.hasPath("threads") ? config.getInt("threads") : 0, 1, () -> new StoreStage(table));
    }

    /**
     * The topology on a number of threads (0: what the planner chooses), with so many instances that split and count,
     * and a sink that takes SBE messages {@code WordCount}: the counts that an epoch has changed.
     */
    public static Topology create(
        final String name, final String stream, final int threads, final int parallelism, final StageSupplier sink) {
        return TopologyBuilder.named(name)
            .threads(threads)
            .source("lines", stream)
            .stage("split", parallelism, SplitStage::new).shuffle("lines")
            .stage("count", parallelism, CountStage::new).key("split")
            .sink("store", sink).global("count")
            .build();
    }
}
