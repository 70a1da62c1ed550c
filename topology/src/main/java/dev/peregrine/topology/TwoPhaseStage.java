/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

/**
 * A sink for a system outside the engine that can prepare a change, and later commit it or give it up: with it, effects
 * outside are effectively-once too. Source: two-phase commit as in Flink's sinks.
 *
 * <p>In an epoch the stage gathers what events ask for. When the instance has seen the whole epoch, {@link #prepare} must
 * make that durable outside without letting it count, under the epoch's number. Once the epoch is committed here,
 * {@link #commit} lets it count. A crash in between is mended by {@link #recover}. All calls come on the instance's
 * thread.
 */
public interface TwoPhaseStage extends Stage {
    /** Makes what the epoch asks for durable outside, not yet counting. Throwing stops the topology. */
    void prepare(long epoch);

    /**
     * Lets what was prepared under this epoch count. May come again after a crash: the second time it must change nothing.
     */
    void commit(long epoch);

    /**
     * Called after {@link #open}: commits what is prepared outside under epochs up to this one, and gives up what is
     * prepared under later ones: those epochs will be run again.
     *
     * @param committedEpoch the last committed epoch, or -1 if there is none.
     */
    void recover(long committedEpoch);
}
