/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import dev.peregrine.core.error.ConfigurationException;

/**
 * Settings of a whole topology.
 *
 * @param epochIntervalMicros how long events are gathered before their results are committed together, microseconds.
 * @param threads threads to run on; 0 lets the planner choose.
 * @param delivery what a crash may do to results.
 * @param failures what happens to events whose stage throws, unless the stage says otherwise.
 * @param deadLetterStream where they go; empty stands for the topology's name with {@code .dead-letters} behind it.
 * @param memoryBudgetBytes memory outside the heap that rings, instances and states may take together, bytes; 0 sets no
 *     limit.
 */
public record TopologyOptions(
    long epochIntervalMicros, int threads, Delivery delivery, FailurePolicy failures, String deadLetterStream,
    long memoryBudgetBytes) {
    private static final long DEFAULT_EPOCH_INTERVAL_MICROS = 500;

    /** Every setting at its default: effectively-once, dead letters. */
    public static final TopologyOptions DEFAULT = new TopologyOptions(
        DEFAULT_EPOCH_INTERVAL_MICROS, 0, Delivery.EFFECTIVELY_ONCE, FailurePolicy.deadLetter(), "", 0);

    /** Checks the numbers. */
    public TopologyOptions {
        if (epochIntervalMicros < 1) {
            throw new ConfigurationException("the epoch interval must be at least 1 microsecond, not "
                + epochIntervalMicros);
        }
        if (threads < 0) {
            throw new ConfigurationException("threads must be 0 (the planner chooses) or more, not " + threads);
        }
        if (memoryBudgetBytes < 0) {
            throw new ConfigurationException("a memory budget must be 0 (no limit) or more bytes, not "
                + memoryBudgetBytes);
        }
    }

    /** The same with another epoch interval, microseconds. */
    public TopologyOptions withEpochIntervalMicros(final long value) {
        return new TopologyOptions(value, threads, delivery, failures, deadLetterStream, memoryBudgetBytes);
    }

    /** The same on another number of threads. */
    public TopologyOptions withThreads(final int value) {
        return new TopologyOptions(epochIntervalMicros, value, delivery, failures, deadLetterStream, memoryBudgetBytes);
    }

    /** The same with another delivery. */
    public TopologyOptions withDelivery(final Delivery value) {
        return new TopologyOptions(epochIntervalMicros, threads, value, failures, deadLetterStream, memoryBudgetBytes);
    }

    /** The same with another failure policy. */
    public TopologyOptions withFailures(final FailurePolicy value) {
        return new TopologyOptions(epochIntervalMicros, threads, delivery, value, deadLetterStream, memoryBudgetBytes);
    }

    /** The same with another dead-letter stream. */
    public TopologyOptions withDeadLetterStream(final String value) {
        return new TopologyOptions(epochIntervalMicros, threads, delivery, failures, value, memoryBudgetBytes);
    }

    /** The same with another memory budget, bytes; 0 sets no limit. */
    public TopologyOptions withMemoryBudgetBytes(final long value) {
        return new TopologyOptions(epochIntervalMicros, threads, delivery, failures, deadLetterStream, value);
    }
}
