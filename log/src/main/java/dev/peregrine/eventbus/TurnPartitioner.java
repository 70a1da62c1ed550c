/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

/** Partitions take turns, each for a run of records. */
final class TurnPartitioner implements Partitioner {
    private final int run;
    private int left;
    private int current;

    TurnPartitioner(final int run) {
        if (run < 1) {
            throw new IllegalArgumentException("a run must have at least one record, not " + run);
        }
        this.run = run;
        this.left = run;
    }

    @Override
    public int partition(final long keyHash, final int partitions) {
        if (left == 0) {
            left = run;
            current++;
        }
        if (current >= partitions) {
            current = 0;
        }
        left--;
        return current;
    }
}
