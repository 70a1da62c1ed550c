/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.peregrine.Peregrine;
import dev.peregrine.app.Feed;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.Publisher;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Replays the data set into the stream at a fixed rate, going on where the last run ended. Settings: {@code rate} rows
 * per second (20000), {@code events} rows in all (without end), {@code input} a directory (the shipped files).
 */
public final class AdsFeed implements Feed {
    private static final long DEFAULT_RATE = 20_000;
    private static final String SETTINGS = "settings";
    private static final Set<String> KEYS = Set.of("rate", "events", "input");

    @Override
    public void run(final Peregrine engine, final String name, final Config config) {
        final Config own = config.hasPath(SETTINGS) ? config.getConfig(SETTINGS) : ConfigFactory.empty();
        checkKeys(own);
        final long rate = own.hasPath("rate") ? own.getLong("rate") : DEFAULT_RATE;
        final long events = own.hasPath("events") ? own.getLong("events") : Long.MAX_VALUE;
        final AdDataSet data = own.hasPath("input")
            ? AdDataSet.fromDirectory(Path.of(own.getString("input"))) : AdDataSet.shipped();
        DeadLetters.publish(engine, data.malformed());
        try (Publisher publisher = engine.publisher(AdsTopology.STREAM, AdsDemo.PUBLISHER)) {
            new AdsReplay(new EncodedRows(data.rows()), publisher).runAtRate(events, rate);
        }
    }

    private static void checkKeys(final Config own) {
        own.root().forEach((key, value) -> {
            if (!KEYS.contains(key)) {
                throw new ConfigurationException(value.origin().description() + ": unknown key '" + key
                    + "' among the settings of an ads feed, which are " + new TreeSet<>(KEYS));
            }
        });
    }
}
