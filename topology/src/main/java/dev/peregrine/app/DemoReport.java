/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.app;

import java.nio.file.Path;
import java.util.List;

/**
 * What a demo saw. Counts are read back from the store.
 *
 * @param events rows counted in all.
 * @param publishedNow rows published by this run.
 * @param clicks clicks counted in all.
 * @param spendMicros spend counted in all, millionths of the currency.
 * @param seconds how long this run took from its first publish to its last result.
 * @param eventsPerSecond rows of this run by its seconds; 0 if it published none.
 * @param latency event-to-queryable latency of all rows of this run.
 * @param allocatedBytesPerEvent heap bytes the publishing and topology threads allocated per row of this run.
 * @param gcCount collections while the run lasted.
 * @param resumedFrom rows that an earlier run had already published.
 * @param malformed lines of the input that were sent to the dead-letter stream.
 * @param ads every ad, most impressions first.
 * @param dataDirectory where the data lies.
 */
public record DemoReport(
    long events, long publishedNow, long clicks, long spendMicros, double seconds, double eventsPerSecond,
    LatencyMicros latency, double allocatedBytesPerEvent, long gcCount, long resumedFrom, long malformed,
    List<Ad> ads, Path dataDirectory) {

    /** Percentiles in microseconds. */
    public record LatencyMicros(double p50, double p99, double p999, double max) {
    }

    /** One ad's totals. */
    public record Ad(String ad, long impressions, long clicks, long spendMicros) {
    }
}
