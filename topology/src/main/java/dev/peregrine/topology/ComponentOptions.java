/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.peregrine.topology.time.WatermarkStrategy;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings of one component, immutable.
 *
 * @param outputs names of its outputs beside the default one.
 * @param tickNs how often {@link Stage#onTick} is called, nanoseconds; 0 is never.
 * @param failures what happens to events at which it throws; null is as the topology has it.
 * @param hooks makers of its hooks, called in this order.
 * @param config its own settings, which {@link StageContext#config} shows.
 * @param watermarks how a source tells event time; null lets it make no watermarks.
 * @param thread the thread that all its instances run on; -1 lets the planner choose.
 * @param costNs about how long it takes for an event, nanoseconds, for the planner; 0 is not known.
 * @param stateBytes what the states of all its instances may take together, bytes; 0 is not known.
 */
public record ComponentOptions(
    List<String> outputs, long tickNs, FailurePolicy failures, List<TaskHookSupplier> hooks, Config config,
    WatermarkStrategy watermarks, int thread, long costNs,
    long stateBytes) {
    /** Every setting at its default. */
    public static final ComponentOptions DEFAULT =
        new ComponentOptions(List.of(), 0, null, List.of(), ConfigFactory.empty(), null, -1, 0, 0);

    /** Copies the lists. */
    public ComponentOptions {
        outputs = List.copyOf(outputs);
        hooks = List.copyOf(hooks);
    }

    ComponentOptions withOutputs(final List<String> value) {
        return new ComponentOptions(value, tickNs, failures, hooks, config, watermarks, thread, costNs, stateBytes);
    }

    ComponentOptions withTickNs(final long value) {
        return new ComponentOptions(outputs, value, failures, hooks, config, watermarks, thread, costNs, stateBytes);
    }

    ComponentOptions withFailures(final FailurePolicy value) {
        return new ComponentOptions(outputs, tickNs, value, hooks, config, watermarks, thread, costNs, stateBytes);
    }

    ComponentOptions withHook(final TaskHookSupplier value) {
        final List<TaskHookSupplier> more = new ArrayList<>(hooks);
        more.add(value);
        return new ComponentOptions(outputs, tickNs, failures, more, config, watermarks, thread, costNs, stateBytes);
    }

    /** The same with other settings of its own. */
    public ComponentOptions withConfig(final Config value) {
        return new ComponentOptions(outputs, tickNs, failures, hooks, value, watermarks, thread, costNs, stateBytes);
    }

    ComponentOptions withWatermarks(final WatermarkStrategy value) {
        return new ComponentOptions(outputs, tickNs, failures, hooks, config, value, thread, costNs, stateBytes);
    }

    ComponentOptions withThread(final int value) {
        return new ComponentOptions(outputs, tickNs, failures, hooks, config, watermarks, value, costNs, stateBytes);
    }

    ComponentOptions withCostNs(final long value) {
        return new ComponentOptions(outputs, tickNs, failures, hooks, config, watermarks, thread, value, stateBytes);
    }

    ComponentOptions withStateBytes(final long value) {
        return new ComponentOptions(outputs, tickNs, failures, hooks, config, watermarks, thread, costNs, value);
    }
}
