/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.counters.HistogramBuckets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StatTableTest {
    private final long[] latencies = new long[HistogramBuckets.COUNT];

    @Test
    void shouldShowADashWhereNothingWasMeasured() {
        assertThat(StatTable.latency(latencies)).isEqualTo("-");
    }

    @Test
    void shouldShowPercentilesInMilliseconds() {
        latencies[HistogramBuckets.of(1_000_000)] = 1;
        assertThat(StatTable.latency(latencies))
            .matches("p50 1[.]0\\d ms, p99 1[.]0\\d ms, p99[.]9 1[.]0\\d ms, max 1[.]0\\d ms");
    }

    @Test
    void shouldNotShowAFigureForWhatIsCountedAsAnHour() {
        latencies[HistogramBuckets.of(0)] = 9;
        latencies[HistogramBuckets.of(Duration.ofHours(1).toNanos())] = 1;
        assertThat(StatTable.latency(latencies))
            .isEqualTo("p50 0.00 ms, p99 1 h or more, p99.9 1 h or more, max 1 h or more");
    }
}
