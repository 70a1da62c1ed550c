/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.util.Arrays;
import java.util.Collection;
import java.util.OptionalDouble;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * Makes a row of what JMH hands back: medians over all iterations of all forks. A benchmark that measures by itself
 * (latency at a fixed rate, the pipeline) tells its figures by counters of these names, of which it has one per iteration.
 */
public final class Figures {
    /** Counters of {@link dev.peregrine.bench.rig.Latency}. */
    static final String P50 = "p50Micros";
    static final String P99 = "p99Micros";
    static final String P999 = "p999Micros";
    static final String P9999 = "p9999Micros";
    static final String MAX = "maxMicros";
    static final String HICCUP = "hiccupMicros";
    static final String CATCH_UP = "catchUpPerSecond";
    static final String ALLOCATED = "allocatedBytesPerEvent";
    /** Counter of the pipeline: what has it is scored by it. */
    static final String PER_SECOND = "eventsPerSecond";
    /** Counter of what is measured in bytes: what has it is scored by it. */
    static final String MEGABYTES = "megabytesPerSecond";
    private static final String NANOS_PER_OPERATION = "ns/op";
    private static final String GC_PROFILER = "gc.alloc.rate.norm";

    private Figures() {
    }

    static BenchRow row(final Figure figure, final Collection<RunResult> results) {
        if (results.size() != 1) {
            throw new IllegalStateException(results.size() + " results for " + figure.include());
        }
        final RunResult result = results.iterator().next();
        final Double p50 = median(result, P50);
        final Double p99 = median(result, P99);
        final Double p999 = median(result, P999);
        final Double perSecond = median(result, PER_SECOND);
        final Double megabytes = median(result, MEGABYTES);
        final Double score;
        final String unit;
        if (megabytes != null) {
            score = megabytes;
            unit = BenchRow.MEGABYTES;
        } else if (perSecond != null) {
            score = perSecond;
            unit = BenchRow.PER_SECOND;
        } else if (p50 != null) {
            score = p50;
            unit = BenchRow.MICROS;
        } else {
            score = primary(result);
            unit = NANOS_PER_OPERATION.equals(result.getPrimaryResult().getScoreUnit()) ? BenchRow.NANOS
                : BenchRow.PER_SECOND;
        }
        return new BenchRow(figure.name(), figure.shownParams(), score, unit, p50, p99, p999, median(result, P9999),
            median(result, MAX), median(result, HICCUP), median(result, CATCH_UP), allocated(result),
            figure.peer(), null);
    }

    private static Double allocated(final RunResult result) {
        final Double own = median(result, ALLOCATED);
        return own == null ? median(result, GC_PROFILER) : own;
    }

    private static Double primary(final RunResult result) {
        return median(iterations(result).mapToDouble(iteration -> iteration.getPrimaryResult().getScore()).toArray());
    }

    private static Double median(final RunResult result, final String label) {
        return median(iterations(result).map(iteration -> find(iteration, label)).filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble).toArray());
    }

    private static java.util.stream.Stream<IterationResult> iterations(final RunResult result) {
        return result.getBenchmarkResults().stream().map(BenchmarkResult::getIterationResults)
            .flatMap(Collection::stream);
    }

    private static OptionalDouble find(final IterationResult iteration, final String label) {
        final Result<?> found = iteration.getSecondaryResults().get(label);
        return found == null ? OptionalDouble.empty() : OptionalDouble.of(found.getScore());
    }

    static Double median(final double... values) {
        final double[] sorted = Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray();
        if (sorted.length == 0) {
            return null;
        }
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
