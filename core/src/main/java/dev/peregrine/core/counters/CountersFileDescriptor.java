/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.counters;

import org.agrona.BitUtil;
import org.agrona.concurrent.status.CountersReader;

/**
 * Layout of {@code engine.cnt} in a data directory.
 *
 * <pre>
 *  +---------------------------------------------------------------+
 *  |                     Magic "PRGNCTF\0" (i64)                   |  0
 *  +-------------------------------+-------------------------------+
 *  |      Format version (i32)     |   Counters, capacity (i32)    |  8
 *  +-------------------------------+-------------------------------+
 *  |                    Process id (i64)                           | 16
 *  +---------------------------------------------------------------+
 *  |              Start of the engine, ms since 1970 (i64)         | 24
 *  +---------------------------------------------------------------+
 *  |        Last sign of life, ms since 1970 (i64)                 | 32
 *  +---------------------------------------------------------------+
 *  |     1 once the engine has closed, 0 before (i64)              | 40
 *  +-------------------------------+-------------------------------+
 *  |   Histograms, capacity (i32)  |  Buckets of each (i32)        | 48
 *  +-------------------------------+-------------------------------+
 *  |                  Padding to 128 bytes                        ... 56
 *  +---------------------------------------------------------------+
 *  |   Metadata of the counters, in Agrona's layout, 512 bytes each ...
 *  +---------------------------------------------------------------+
 *  |   Values of the counters, in Agrona's layout, 128 bytes each  ...
 *  +---------------------------------------------------------------+
 *  |   Histograms: for each, the count of each bucket (i64)        ...
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>The file is made whole under another name and renamed. A value is one aligned store with release order; a counter
 * exists once its state in the metadata says so, which is stored last. Derived: nothing reads it at a start.
 */
final class CountersFileDescriptor {
    static final String FILE = "engine.cnt";
    static final long MAGIC = 0x0046544343_4E475250L;
    static final int FORMAT = 1;

    static final int MAGIC_OFFSET = 0;
    static final int FORMAT_OFFSET = MAGIC_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int CAPACITY_OFFSET = FORMAT_OFFSET + BitUtil.SIZE_OF_INT;
    static final int PID_OFFSET = CAPACITY_OFFSET + BitUtil.SIZE_OF_INT;
    static final int STARTED_OFFSET = PID_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int HEARTBEAT_OFFSET = STARTED_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int CLOSED_OFFSET = HEARTBEAT_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int HISTOGRAMS_OFFSET = CLOSED_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int BUCKETS_OFFSET = HISTOGRAMS_OFFSET + BitUtil.SIZE_OF_INT;
    static final int METADATA_OFFSET = 2 * BitUtil.CACHE_LINE_LENGTH;

    private CountersFileDescriptor() {
    }

    static int valuesOffset(final int capacity) {
        return METADATA_OFFSET + capacity * CountersReader.METADATA_LENGTH;
    }

    static int histogramsOffset(final int capacity) {
        return valuesOffset(capacity) + capacity * CountersReader.COUNTER_LENGTH;
    }

    static int histogramOffset(final int capacity, final int histogram) {
        return histogramsOffset(capacity) + histogram * HistogramBuckets.COUNT * BitUtil.SIZE_OF_LONG;
    }

    static int fileLength(final int capacity, final int histograms) {
        return histogramOffset(capacity, histograms);
    }
}
