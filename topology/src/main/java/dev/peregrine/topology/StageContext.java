/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import dev.peregrine.store.Cache;
import dev.peregrine.topology.state.KeyedBytesState;
import dev.peregrine.topology.state.KeyedCounter;
import dev.peregrine.topology.state.KeyedListState;
import dev.peregrine.topology.state.KeyedMapState;
import dev.peregrine.topology.state.KeyedValueState;
import dev.peregrine.topology.state.PaneState;
import dev.peregrine.topology.state.StateTtl;
import dev.peregrine.topology.time.Timers;
import org.agrona.concurrent.EpochNanoClock;

/** What a stage gets from the runtime. Used in {@link Stage#open} and by the stage's own thread. */
public interface StageContext {
    /** Name of the topology. */
    String topology();

    /** Name of the component. */
    String component();

    /** Index of this instance among those of its component, from 0. */
    int task();

    /** How many instances the component has. */
    int parallelism();

    /**
     * A keyed state of this instance: bytes to a value of fixed length, off-heap, kept by the epochs. The same name
     * gives the same state after a restart; states of a component have different names, whatever their kind. Where all
     * inputs are grouped by key, an entry goes with the key of the event for which it was made when the number of
     * instances changes.
     */
    default KeyedValueState valueState(
        final String name, final int maxKeyLengthBytes, final int valueLengthBytes) {
        return valueState(name, maxKeyLengthBytes, valueLengthBytes, StateTtl.NEVER);
    }

    /** As {@link #valueState(String, int, int)} with entries that expire. */
    KeyedValueState valueState(String name, int maxKeyLengthBytes, int valueLengthBytes, StateTtl ttl);

    /** A number per key; see {@link #valueState(String, int, int)}. */
    KeyedCounter counterState(String name, StateTtl ttl);

    /** A value of any length per key; see {@link #valueState(String, int, int)}. */
    KeyedBytesState bytesState(String name, StateTtl ttl);

    /** A map per key; see {@link #valueState(String, int, int)}. */
    KeyedMapState mapState(String name, StateTtl ttl);

    /** A list per key; see {@link #valueState(String, int, int)}. */
    KeyedListState listState(String name, StateTtl ttl);

    /**
     * Values of one fixed length per key, in panes that are dropped as a whole; for the name see
     * {@link #valueState(String, int, int)}.
     */
    PaneState paneState(String name, int valueLengthBytes);

    /** As {@link #paneState}, with any number of values of any length per key and pane. */
    PaneState paneListState(String name);

    /** The timers of this instance; to be taken in {@link Stage#open}. */
    Timers timers();

    /**
     * Event time of this instance: the watermark, nanoseconds since 1970; {@link Long#MIN_VALUE} before the first one. For
     * {@link StateTtl}.
     */
    EpochNanoClock eventClock();

    /** Processing time, nanoseconds since 1970. For {@link StateTtl}. */
    EpochNanoClock processingClock();

    /**
     * A named output, declared by {@link TopologyBuilder#outputs}; to be taken in {@link Stage#open}.
     *
     * @throws dev.peregrine.core.error.ConfigurationException if it is not declared.
     */
    Emitter output(String name);

    /**
     * A writer into a stream, which must exist; to be taken in {@link Stage#open}.
     *
     * @throws dev.peregrine.core.error.ConfigurationException if there is no such stream.
     */
    StreamOutput stream(String name);

    /** The component's own settings as they are now; empty if it has none. */
    com.typesafe.config.Config config();

    /** Event time up to which nothing earlier is expected, ns since 1970; {@link Long#MIN_VALUE} if none is known. */
    long watermarkNs();

    /**
     * By which of the component's inputs the event at work came: their number in the order in which they are declared, from
     * 0.
     */
    int input();

    /** A writer of a table whose changes count when their epoch is committed. */
    TableOutput table(String name);

    /**
     * A reader of a table, which must exist; to be taken in {@link Stage#open}.
     *
     * @throws dev.peregrine.core.error.ConfigurationException if there is no such table.
     */
    TableReader tableReader(String name);

    /** A cache of the engine. */
    Cache cache(String name);

    /** A counter of this instance, shown among its metrics. */
    org.agrona.concurrent.status.AtomicCounter counter(String name);
}
