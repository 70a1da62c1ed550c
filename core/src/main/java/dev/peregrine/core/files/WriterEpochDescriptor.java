/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import org.agrona.BitUtil;

/**
 * Layout of {@code writer.epoch} in a data directory. Mapped by every process that writes there; changed only by
 * compare-and-set, and only upwards.
 *
 * <pre>
 *  +---------------------------------------------------------------+
 *  |                     Magic "PRGNEPO\0" (i64)                   |  0
 *  +---------------------------------------------------------------+
 *  |                    Padding to 64 bytes                       ... 8
 *  +---------------------------------------------------------------+
 *  |     Epoch: number of the last process opened to write (i64)   | 64
 *  +---------------------------------------------------------------+
 *  |                    Padding to 128 bytes                      ... 72
 *  +---------------------------------------------------------------+
 * </pre>
 */
final class WriterEpochDescriptor {
    static final String FILE = "writer.epoch";
    /** The door through which the writer of an epoch reaches its files: a link to the directory that it lies in. */
    static final String LINK_PREFIX = ".writer-";
    static final long MAGIC = 0x004F5045_4E475250L;
    static final int MAGIC_OFFSET = 0;
    /** Alone on its cache line: every commit reads it. */
    static final int EPOCH_OFFSET = BitUtil.CACHE_LINE_LENGTH;
    static final int FILE_LENGTH = EPOCH_OFFSET + BitUtil.CACHE_LINE_LENGTH;

    private WriterEpochDescriptor() {
    }
}
