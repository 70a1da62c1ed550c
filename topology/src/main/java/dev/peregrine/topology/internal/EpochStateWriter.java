/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

/**
 * Writes an instance's states into the topology's log at the end of each epoch: what has changed, and during a round of the
 * rolling snapshot a slice of everything. A slice is about as long as the epoch's changes, so that a round ends while the
 * log grows by twice the state, and no epoch takes much more than twice its own work. Used by the instance's thread.
 */
final class EpochStateWriter {
    private static final long MIN_SLICE = 64 << 10;

    private final KeptState[] states;
    private final StateLog log;
    private final SnapshotRounds rounds;
    private final long minSlice;
    private long round = SnapshotRounds.NO_ROUND;
    /** The state that is written next in this round; beyond the last one if all are. */
    private int next;
    private boolean inRound;

    EpochStateWriter(final KeptState[] states, final StateLog log, final SnapshotRounds rounds) {
        this(states, log, rounds, MIN_SLICE);
    }

    EpochStateWriter(
        final KeptState[] states, final StateLog log, final SnapshotRounds rounds, final long minSlice) {
        this.states = states;
        this.log = log;
        this.rounds = rounds;
        this.minSlice = minSlice;
    }

    /** Ends an epoch in all states. */
    void endEpoch(final long epoch) {
        log.epoch(epoch);
        joinRound();
        final long before = log.written();
        for (int i = 0; i < states.length; i++) {
            states[i].logChanged(log);
        }
        if (inRound) {
            sweep(Math.max(minSlice, log.written() - before));
        }
        for (int i = 0; i < states.length; i++) {
            states[i].endEpoch();
        }
        log.epoch(epoch + 1);
    }

    private void joinRound() {
        final long current = rounds.current();
        if (current != round) {
            round = current;
            inRound = true;
            next = 0;
            for (int i = 0; i < states.length; i++) {
                states[i].beginSweep();
            }
        }
    }

    private void sweep(final long budget) {
        final long limit = log.written() + budget;
        while (next < states.length) {
            final long left = limit - log.written();
            if (left <= 0 || !states[next].sweep(log, left)) {
                return;
            }
            next++;
        }
        inRound = false;
        rounds.written();
    }
}
