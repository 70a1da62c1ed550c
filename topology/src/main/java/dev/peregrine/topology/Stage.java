/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import com.typesafe.config.Config;
import dev.peregrine.topology.time.Timer;

/**
 * One step of a topology (Heron: bolt). A sink is a stage that emits nothing. Each instance is used by one thread at a
 * time; the runtime calls {@link #open} first and {@link #close} last.
 */
public interface Stage {
    /** Called once before the first event: take states, tables, caches and counters from the context here. */
    default void open(final StageContext context) {
    }

    /** Handles one event. */
    void onEvent(EventView event, Emitter out);

    /**
     * Called when the instance has seen every event of an epoch. What is emitted here still belongs to the epoch: this
     * is where a stage that conflates (counts) hands on what has changed.
     */
    default void onEpoch(final long epoch, final Emitter out) {
    }

    /** Called when event time has moved: no earlier event is expected. Windows that end at or before it fire here. */
    default void onWatermark(final long watermarkNs, final Emitter out) {
    }

    /**
     * Called for each timer that is due: in event time when the watermark has reached it, before {@link #onWatermark}, in
     * processing time between events.
     */
    default void onTimer(final Timer timer, final Emitter out) {
    }

    /**
     * Called about each {@link ComponentOptions#tickNs} nanoseconds of processing time, between events (Heron: tick
     * tuple).
     */
    default void onTick(final Emitter out) {
    }

    /** Called between events when the component's settings were changed while it runs. */
    default void onConfig(final Config config) {
    }

    /** Called once, after the last event. */
    default void close() {
    }
}
