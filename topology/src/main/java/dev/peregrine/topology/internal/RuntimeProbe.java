/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.ConfigurationException;
import java.util.List;

/** Looks into a runtime whose agents the caller drives, and moves event time in it. Used by the thread that does so. */
public final class RuntimeProbe {
    private final TopologyRuntime runtime;

    /** Looks into this one. */
    public RuntimeProbe(final TopologyRuntime runtime) {
        this.runtime = runtime;
    }

    private StageInstance instance(final String component, final int task) {
        final List<StageInstance> all = runtime.instancesOf(component);
        if (task < 0 || task >= all.size()) {
            throw new ConfigurationException("topology " + runtime.name() + " has no stage '" + component
                + "' with an instance " + task);
        }
        return all.get(task);
    }

    /** A state that an instance has declared: one of the interfaces of the state package. */
    public Object state(final String component, final int task, final String name) {
        final StageInstance instance = instance(component, task);
        final Object state = instance.states().get(name);
        if (state == null) {
            throw new ConfigurationException("component " + component + " has no state '" + name + "'; it has "
                + instance.states().keySet());
        }
        return state;
    }

    /** Event time of an instance, nanoseconds since 1970; {@link Long#MIN_VALUE} before the first watermark. */
    public long watermarkNs(final String component, final int task) {
        return instance(component, task).watermarkNs();
    }

    /** Whether a thread has not yet passed the epoch that was requested last. */
    public boolean isBehind(final int thread) {
        return runtime.isBehind(thread);
    }

    /** Has the instances of a source emit a watermark, nanoseconds since 1970. */
    public void advanceWatermark(final String source, final long eventTimeNs) {
        for (final LogSource each : runtime.sourcesOf(source)) {
            each.watermark(eventTimeNs);
            each.outputs().flush();
        }
    }
}
