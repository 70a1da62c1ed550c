/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import org.agrona.BitUtil;

/**
 * Layout of {@code positions.cnt} beside the segments of a partition: what its writer tells other processes.
 *
 * <pre>
 *  +---------------------------------------------------------------+
 *  |                     Magic "PRGNCNT\0" (i64)                   |  0
 *  +---------------------------------------------------------------+
 *  |      Format version (i32)     |           Padding             |  8
 *  +---------------------------------------------------------------+
 *  |                 Epoch of the writer (i64)                     | 16
 *  +---------------------------------------------------------------+
 *  |   Superseded: all bits set once another file takes its place  | 24
 *  +---------------------------------------------------------------+
 *  |                    Padding to 64 bytes                       ... 32
 *  +---------------------------------------------------------------+
 *  |                   Durable position (i64)                      | 64
 *  +---------------------------------------------------------------+
 *  |             Appended position, a hint (i64)                   | 72
 *  +---------------------------------------------------------------+
 *  |        Complement of the durable position (i64)               | 80
 *  +---------------------------------------------------------------+
 *  |                    Padding to 128 bytes                      ... 88
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * <p>Each field is changed by one aligned store with release order, by the threads that force and keep house. Derived:
 * recovery does not read it, and a log without it is whole. Readers believe the durable position if its complement is
 * right, and that the file is superseded if most of the bits say so, so that one flipped bit misleads nobody.
 */
final class CountersDescriptor {
    static final String FILE = "positions.cnt";
    static final long MAGIC = 0x00544E43_4E475250L;
    static final int FORMAT = 2;

    static final int MAGIC_OFFSET = 0;
    static final int FORMAT_OFFSET = MAGIC_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int EPOCH_OFFSET = FORMAT_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int SUPERSEDED_OFFSET = EPOCH_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int DURABLE_OFFSET = BitUtil.CACHE_LINE_LENGTH;
    static final int APPENDED_OFFSET = DURABLE_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int DURABLE_COMPLEMENT_OFFSET = APPENDED_OFFSET + BitUtil.SIZE_OF_LONG;
    static final int FILE_LENGTH = 2 * BitUtil.CACHE_LINE_LENGTH;

    private CountersDescriptor() {
    }
}
