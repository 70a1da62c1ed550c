/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.time.WatermarkStrategy;
import java.util.Arrays;

/**
 * The watermark of a source instance from the event times of its partitions, see {@link WatermarkStrategy}. To be told
 * once per poll of a partition, not per event. Partitions count as active from the start on, until they have been silent
 * for the idle timeout; while all are idle the watermark stands still. Used by one thread.
 */
final class PartitionWatermarks {
    private final long boundNs;
    private final long idleAfterNs;
    private final long[] highestNs;
    private final long[] heardAtNs;
    private long watermarkNs = Long.MIN_VALUE;

    /** All partitions are as if heard of at a time of the monotonic clock. */
    PartitionWatermarks(final WatermarkStrategy strategy, final int partitions, final long nowNs) {
        boundNs = strategy.boundNs();
        idleAfterNs = strategy.idleAfterNs();
        highestNs = new long[partitions];
        heardAtNs = new long[partitions];
        Arrays.fill(highestNs, Long.MIN_VALUE);
        Arrays.fill(heardAtNs, nowNs);
    }

    /**
     * A partition has brought events.
     *
     * @param highestEventTimeNs the highest of their times.
     * @param nowNs              monotonic clock, needed only with an idle timeout.
     */
    void onEvents(final int partition, final long highestEventTimeNs, final long nowNs) {
        heardAtNs[partition] = nowNs;
        if (highestEventTimeNs > highestNs[partition]) {
            highestNs[partition] = highestEventTimeNs;
        }
    }

    /** The watermark; it never goes back. {@link Long#MIN_VALUE} as long as a partition that is not idle was silent. */
    long watermark(final long nowNs) {
        long lowest = Long.MAX_VALUE;
        boolean active = false;
        for (int i = 0; i < highestNs.length; i++) {
            if (idleAfterNs == Long.MAX_VALUE || nowNs - heardAtNs[i] < idleAfterNs) {
                active = true;
                lowest = Math.min(lowest, highestNs[i]);
            }
        }
        if (active && lowest >= Long.MIN_VALUE + boundNs) {
            watermarkNs = Math.max(watermarkNs, lowest - boundNs);
        }
        return watermarkNs;
    }
}
