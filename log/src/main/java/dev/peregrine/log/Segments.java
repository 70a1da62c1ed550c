/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.List;

/** The segments of a partition, for those who read them. Thread-safe; every method is cold. */
interface Segments extends AutoCloseable {
    /** The segment of a position, mapped and retained for the caller; null where there is none yet, or no more. */
    Segment acquire(long position);

    /** Gives a segment back. */
    void release(Segment segment);

    /** Base positions of all segments, ascending. */
    List<Long> bases();

    /** First position that is kept. */
    long firstBase();

    /** First position and number that are kept. */
    IndexDescriptor.Entry startMark();

    /** Bytes of all segment files. */
    long diskBytes();

    @Override
    void close();
}
