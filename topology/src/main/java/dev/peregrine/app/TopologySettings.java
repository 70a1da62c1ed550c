/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.app;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.peregrine.core.config.KnownKeys;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.Delivery;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a block {@code peregrine.topologies.NAME} of a configuration says about any topology, whatever its class: {@code
 * reference.conf} lists the keys. A key that is absent leaves the topology as its class made it.
 */
public final class TopologySettings {
    private static final String DEAD_LETTER = "dead-letter";
    private static final String FAIL_TOPOLOGY = "fail-topology";
    private static final List<String> THEN = List.of(DEAD_LETTER, FAIL_TOPOLOGY);
    private static final String PARALLELISM = "parallelism";
    private static final String FAILURES = "failures";
    private static final Set<String> KEYS = Set.of("class", "jar", "threads", "epoch-interval", "memory-budget",
        "delivery", PARALLELISM, FAILURES, "dead-letter-stream", "settings");
    private static final Set<String> FAILURE_KEYS = Set.of("retries", "back-off", "then");

    private TopologySettings() {
    }

    /**
     * Notes every key of a block that means nothing.
     *
     * @param path where the block stands.
     */
    public static void check(final Config block, final String path, final KnownKeys known) {
        known.check(block.root(), KEYS, path);
        if (block.hasPath(FAILURES)) {
            known.check(block.getConfig(FAILURES).root(), FAILURE_KEYS, path + "." + FAILURES);
        }
    }

    /**
     * A topology as a block wants it.
     *
     * @throws ConfigurationException if a value is impossible, or a component is named that the topology does not have.
     */
    public static Topology apply(final Topology topology, final Config block) {
        try {
            return withParallelism(topology.withOptions(options(topology.options(), block)), block);
        } catch (final ConfigException e) {
            throw new ConfigurationException(e.getMessage(), e);
        }
    }

    private static TopologyOptions options(final TopologyOptions before, final Config block) {
        TopologyOptions options = before;
        if (block.hasPath("threads")) {
            options = options.withThreads(block.getInt("threads"));
        }
        if (block.hasPath("epoch-interval")) {
            options = options.withEpochIntervalMicros(block.getDuration("epoch-interval", TimeUnit.MICROSECONDS));
        }
        if (block.hasPath("memory-budget")) {
            options = options.withMemoryBudgetBytes(block.getBytes("memory-budget"));
        }
        if (block.hasPath("delivery")) {
            options = options.withDelivery(delivery(block));
        }
        if (block.hasPath(FAILURES)) {
            options = options.withFailures(failures(options.failures(), block.getConfig(FAILURES)));
        }
        if (block.hasPath("dead-letter-stream")) {
            options = options.withDeadLetterStream(block.getString("dead-letter-stream"));
        }
        return options;
    }

    private static Delivery delivery(final Config block) {
        final List<String> names = Arrays.stream(Delivery.values()).map(TopologySettings::name).toList();
        return Delivery.values()[oneOf(block, "delivery", names)];
    }

    private static String name(final Delivery delivery) {
        return delivery.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static FailurePolicy failures(final FailurePolicy before, final Config block) {
        final boolean toDeadLetters = block.hasPath("then")
            ? THEN.get(oneOf(block, "then", THEN)).equals(DEAD_LETTER) : before.toDeadLetters();
        return new FailurePolicy(block.hasPath("retries") ? block.getInt("retries") : before.retries(),
            block.hasPath("back-off") ? block.getDuration("back-off").toNanos() : before.backoffNs(), toDeadLetters);
    }

    private static int oneOf(final Config block, final String key, final List<String> values) {
        final String value = block.getString(key);
        final int index = values.indexOf(value);
        if (index < 0) {
            throw new ConfigurationException(block.getValue(key).origin().description() + ": " + key + " is '" + value
                + "'" + KnownKeys.hint(value, values));
        }
        return index;
    }

    private static Topology withParallelism(final Topology before, final Config block) {
        Topology topology = before;
        if (block.hasPath(PARALLELISM)) {
            final Config numbers = block.getConfig(PARALLELISM);
            final List<String> components = topology.components().stream().map(Topology.Component::name).toList();
            for (final Map.Entry<String, ConfigValue> entry : numbers.root().entrySet()) {
                final String component = entry.getKey();
                if (!components.contains(component)) {
                    throw new ConfigurationException(entry.getValue().origin().description() + ": topology "
                        + topology.name() + " has no component '" + component + "'"
                        + KnownKeys.hint(component, components));
                }
                topology = topology.withParallelism(component, block.getInt(ConfigUtil.joinPath(PARALLELISM, component)));
            }
        }
        return topology;
    }
}
