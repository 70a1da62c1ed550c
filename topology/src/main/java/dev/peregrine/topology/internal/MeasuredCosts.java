/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import dev.peregrine.topology.RunningTopology.CounterValue;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run of a topology has measured of its components: how many events came to each, how long one took, and what its
 * state takes. The planner reads it at the next start. Immutable.
 */
public final class MeasuredCosts {
    /** Nothing is known. */
    public static final MeasuredCosts NONE = new MeasuredCosts(Map.of());

    /** Fewer events tell nothing, and fewer timed ones no time. */
    private static final double MIN_EVENTS = 10_000;
    private static final double MIN_TIMED = 32;

    private final Map<String, Costs.Measured> components;

    private MeasuredCosts(final Map<String, Costs.Measured> components) {
        this.components = Map.copyOf(components);
    }

    /**
     * Takes what counters tell: {@code received} events, and of those that were timed {@code timed-ns} and
     * {@code timed-events}; and {@code state-bytes}.
     */
    static MeasuredCosts of(final List<CounterValue> counters) {
        final Map<String, Map<String, Double>> sums = new HashMap<>();
        for (final CounterValue counter : counters) {
            sums.computeIfAbsent(counter.component(), key -> new HashMap<>())
                .merge(counter.name(), (double) counter.value(), Double::sum);
        }
        final Map<String, Costs.Measured> components = new HashMap<>();
        sums.forEach((component, names) -> {
            final double received = names.getOrDefault("received", 0.0);
            final double timed = names.getOrDefault("timed-events", 0.0);
            if (received >= MIN_EVENTS) {
                components.put(component, new Costs.Measured(
                    timed < MIN_TIMED ? 0 : names.getOrDefault("timed-ns", 0.0) / timed, received,
                    names.getOrDefault("state-bytes", 0.0)));
            }
        });
        return new MeasuredCosts(components);
    }

    /** Reads what {@link #format} has written; what cannot be read is {@link #NONE}: it is a hint only. */
    public static MeasuredCosts parse(final String text) {
        try {
            final Config config = ConfigFactory.parseString(text);
            final Map<String, Costs.Measured> components = new HashMap<>();
            for (final String name : config.root().keySet()) {
                final Config each = config.getConfig(ConfigUtil.joinPath(name));
                components.put(name, new Costs.Measured(
                    measured(each, "ns-per-event"), measured(each, "events"), measured(each, "state-bytes")));
            }
            return new MeasuredCosts(components);
        } catch (final ConfigException e) {
            return NONE;
        }
    }

    private static double measured(final Config component, final String key) {
        final double value = component.getDouble(key);
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new ConfigException.BadValue(component.origin(), key, "nothing measures " + value);
        }
        return value;
    }

    /** The text of the file that keeps it. */
    public String format() {
        final StringBuilder text =
            new StringBuilder("# Measured by the last run, for the planner. May be deleted.\n");
        new TreeMap<>(components).forEach((name, measured) -> text.append(String.format(Locale.ROOT,
            "%s { events = %.0f, ns-per-event = %.1f, state-bytes = %.0f }%n", ConfigUtil.quoteString(name),
            measured.events(), measured.nsPerEvent(), measured.stateBytes())));
        return text.toString();
    }

    /** Whether it tells nothing. */
    public boolean isEmpty() {
        return components.isEmpty();
    }

    Map<String, Costs.Measured> components() {
        return components;
    }
}
