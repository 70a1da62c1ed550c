/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.time.WatermarkStrategy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PartitionWatermarksTest {
    private static final WatermarkStrategy BOUNDED = WatermarkStrategy.boundedOutOfOrderness(Duration.ofNanos(10));

    @Test
    void shouldFollowTheSlowestPartitionByTheBound() {
        final PartitionWatermarks watermarks = new PartitionWatermarks(BOUNDED, 2, 0);
        watermarks.onEvents(0, 100, 0);
        assertThat(watermarks.watermark(0)).as("the other one has brought nothing").isEqualTo(Long.MIN_VALUE);
        watermarks.onEvents(1, 50, 0);
        assertThat(watermarks.watermark(0)).isEqualTo(40);
        watermarks.onEvents(1, 45, 0);
        assertThat(watermarks.watermark(0)).as("an earlier event").isEqualTo(40);
        watermarks.onEvents(1, 200, 0);
        assertThat(watermarks.watermark(0)).isEqualTo(90);
    }

    @Test
    void shouldNotWaitForIdlePartitionsNorGoBackWhenTheyReturn() {
        final PartitionWatermarks watermarks =
            new PartitionWatermarks(BOUNDED.withIdleness(Duration.ofNanos(1_000)), 2, 0);
        watermarks.onEvents(0, 500, 900);
        assertThat(watermarks.watermark(999)).isEqualTo(Long.MIN_VALUE);
        assertThat(watermarks.watermark(1_000)).isEqualTo(490);
        watermarks.onEvents(1, 100, 1_100);
        assertThat(watermarks.watermark(1_100)).isEqualTo(490);
        watermarks.onEvents(0, 800, 1_200);
        assertThat(watermarks.watermark(1_200)).as("the returned one holds it up").isEqualTo(490);
        assertThat(watermarks.watermark(9_999)).as("all are idle").isEqualTo(490);
    }

    @Test
    void shouldNeverCallPartitionsIdleWithoutTimeout() {
        final PartitionWatermarks watermarks = new PartitionWatermarks(WatermarkStrategy.monotone(), 2, 0);
        watermarks.onEvents(0, 7, 0);
        assertThat(watermarks.watermark(Long.MAX_VALUE)).isEqualTo(Long.MIN_VALUE);
        watermarks.onEvents(1, 9, Long.MAX_VALUE);
        assertThat(watermarks.watermark(Long.MAX_VALUE)).isEqualTo(7);
    }

    @Test
    void shouldRefuseDurationsThatMakeNoSense() {
        assertThatThrownBy(() -> WatermarkStrategy.boundedOutOfOrderness(Duration.ofNanos(-1)))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("bound");
        assertThatThrownBy(() -> BOUNDED.withIdleness(Duration.ZERO))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("idle timeout");
    }
}
