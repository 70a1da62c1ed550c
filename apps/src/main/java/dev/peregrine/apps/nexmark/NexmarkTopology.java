/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.peregrine.app.TopologyFactory;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.StreamSink;
import dev.peregrine.topology.Topology;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A query from a config file. Settings: {@code query}, e.g. q5; {@code stream} of events (auctions); {@code results}, the
 * stream that the results go to, as SBE (the topology's name with {@code .results}); {@code parallelism} (1);
 * {@code max-delay}, by how much events come out of order (0s). Both streams must exist.
 */
public final class NexmarkTopology implements TopologyFactory {
    /** Stream of events, if the settings name no other. */
    public static final String STREAM = "auctions";
    private static final String SETTINGS = "settings";
    private static final Set<String> KEYS = Set.of("query", "stream", "results", "parallelism", "max-delay");
    private static final long EPOCH_MICROS = 500;

    @Override
    public Topology create(final String name, final Config config) {
        final Config own = settings(config, KEYS, "a Nexmark topology");
        final String results = own.hasPath("results") ? own.getString("results") : name + ".results";
        NexmarkQuery.Job job = new NexmarkQuery.Job(
            name, own.hasPath("stream") ? own.getString("stream") : STREAM, () -> new StreamSink(results))
            .on(config.hasPath("threads") ? config.getInt("threads") : 0,
                own.hasPath("parallelism") ? own.getInt("parallelism") : 1)
            .withEpochIntervalMicros(config.hasPath("epoch-interval")
                ? config.getDuration("epoch-interval", TimeUnit.MICROSECONDS) : EPOCH_MICROS);
        if (own.hasPath("max-delay")) {
            job = job.withMaxDelayNs(own.getDuration("max-delay", TimeUnit.NANOSECONDS));
        }
        return query(own).topology(job);
    }

    private static NexmarkQuery query(final Config own) {
        final String name = own.hasPath("query") ? own.getString("query").toUpperCase(Locale.ROOT) : "";
        return Arrays.stream(NexmarkQuery.values()).filter(query -> query.name().equals(name)).findFirst()
            .orElseThrow(() -> new ConfigurationException((own.hasPath("query")
                ? own.getValue("query").origin().description() + ": there is no query '" + own.getString("query") + "'"
                : own.origin().description() + ": a Nexmark topology needs the setting query")
                + "; there are " + Arrays.toString(NexmarkQuery.values()).toLowerCase(Locale.ROOT)));
    }

    /** The settings of a block, in which no other keys stand. */
    static Config settings(final Config block, final Set<String> keys, final String whose) {
        final Config own = block.hasPath(SETTINGS) ? block.getConfig(SETTINGS) : ConfigFactory.empty();
        own.root().forEach((key, value) -> {
            if (!keys.contains(key)) {
                throw new ConfigurationException(value.origin().description() + ": unknown key '" + key
                    + "' among the settings of " + whose + ", which are " + new TreeSet<>(keys));
            }
        });
        return own;
    }
}
