/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.util.Map;

/**
 * One figure as it is printed. A number that was not measured is null.
 *
 * @param name the figure's name.
 * @param params its parameters, threads included.
 * @param score median over all iterations.
 * @param unit of the score: {@code ops/s}, {@code MB/s}, {@code ns} for each operation, or {@code us} where the score is
 *     the median latency.
 * @param p50 median latency, microseconds.
 * @param p99 99th percentile, microseconds.
 * @param p999 99.9th percentile, microseconds.
 * @param p9999 99.99th percentile, microseconds.
 * @param max longest latency, microseconds.
 * @param hiccup longest time, in microseconds, by which a thread that only sleeps woke up late in the same run: what
 *     machine and scheduler did to everybody.
 * @param catchUp records per second that a reader of old records took meanwhile.
 * @param allocBytesPerOp heap bytes that all threads together allocated per operation.
 * @param peer name and version of the peer, null for the engine.
 * @param error why there is no score, null if there is one.
 */
public record BenchRow(
    String name, Map<String, String> params, Double score, String unit, Double p50, Double p99, Double p999,
    Double p9999, Double max, Double hiccup, Double catchUp, Double allocBytesPerOp, String peer, String error) {

    /** Unit of scores that are better when they are lower. */
    static final String MICROS = "us";
    /** Unit of the time that each operation takes, better when it is lower too. */
    static final String NANOS = "ns";
    /** Unit of throughput in bytes, 10^6 of them. */
    static final String MEGABYTES = "MB/s";
    /** Unit of throughput. */
    static final String PER_SECOND = "ops/s";
    /** What stands for the peer where the machine itself was measured. */
    static final String LIMIT = "limit";

    static BenchRow failed(final Figure figure, final String error) {
        return new BenchRow(
            figure.name(), figure.shownParams(), null, null, null, null, null, null, null, null, null, null,
            figure.peer(), error);
    }

    /** Whether this is what the machine can do at most, rather than a peer. */
    boolean isLimit() {
        return peer != null && peer.startsWith(LIMIT);
    }

    /** Whether the score is a time, so that the lower one is better. */
    boolean isTime() {
        return MICROS.equals(unit) || NANOS.equals(unit);
    }

    /** How this compares with another row of the same figure: above 1, this is better. */
    Double betterThan(final BenchRow other) {
        if (other == null || score == null || other.score == null || score == 0 || other.score == 0) {
            return null;
        }
        return isTime() ? other.score / score : score / other.score;
    }

    /** Whether another row is of the same figure. */
    boolean isSameFigure(final BenchRow other) {
        return name.equals(other.name) && params.equals(other.params);
    }
}
