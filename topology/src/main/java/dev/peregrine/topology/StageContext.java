/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import dev.peregrine.store.Cache;
import dev.peregrine.topology.state.KeyedValueState;

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
     * gives the same state after a restart.
     */
    KeyedValueState valueState(String name, int maxKeyLengthBytes, int valueLengthBytes);

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

    /** A writer of a table whose changes count when their epoch is committed. */
    TableOutput table(String name);

    /** A cache of the engine. */
    Cache cache(String name);

    /** A counter of this instance, shown among its metrics. */
    org.agrona.concurrent.status.AtomicCounter counter(String name);
}
