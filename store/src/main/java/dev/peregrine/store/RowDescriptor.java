/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import org.agrona.BitUtil;

/**
 * Layout of a row: the cells of one pkey, sorted by lkey (unsigned bytes).
 *
 * <pre>
 *  +----------------+----------------+
 *  | Format (u16)   | Cells (u16)    |  0
 *  +----------------+----------------+
 *  | Cell 0                         ...  4
 *  +---------------------------------+
 *  | Cell 1                         ...
 *
 *  cell:
 *  +---------------------------------+
 *  | Version (i64)                   |  0   position in the table's change log
 *  +---------------------------------+
 *  | Value length (i32)              |  8
 *  +---------------------------------+
 *  | Lkey length (u16) | Type (u16)  | 12
 *  +---------------------------------+
 *  | Lkey bytes                     ... 16
 *  | Value bytes                    ...
 *  +---------------------------------+
 * </pre>
 *
 * <p>All numbers little-endian; cells are not aligned.
 */
public final class RowDescriptor {
    /** Offset of the row format. */
    public static final int FORMAT_OFFSET = 0;
    /** Offset of the number of cells. */
    public static final int CELL_COUNT_OFFSET = FORMAT_OFFSET + BitUtil.SIZE_OF_SHORT;
    /** Offset of the first cell. */
    public static final int CELLS_OFFSET = CELL_COUNT_OFFSET + BitUtil.SIZE_OF_SHORT;

    /** In a cell: offset of its version. */
    public static final int VERSION_OFFSET = 0;
    /** In a cell: offset of the value's length. */
    public static final int VALUE_LENGTH_OFFSET = VERSION_OFFSET + BitUtil.SIZE_OF_LONG;
    /** In a cell: offset of the lkey's length. */
    public static final int LKEY_LENGTH_OFFSET = VALUE_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    /** In a cell: offset of the value's type. */
    public static final int TYPE_OFFSET = LKEY_LENGTH_OFFSET + BitUtil.SIZE_OF_SHORT;
    /** In a cell: offset of the lkey; the value follows it. */
    public static final int LKEY_OFFSET = TYPE_OFFSET + BitUtil.SIZE_OF_SHORT;

    /** Row format written by this build. */
    public static final short FORMAT = 1;
    /** Value type: opaque bytes. */
    public static final short TYPE_BYTES = 0;
    /** Value type: a little-endian 64-bit number. */
    public static final short TYPE_LONG = 1;
    /** Value type: UTF-8 text. */
    public static final short TYPE_TEXT = 2;

    /** Longest pkey and longest lkey. */
    public static final int MAX_KEY_LENGTH = 1024;
    /** Longest row of this build. */
    public static final int MAX_ROW_LENGTH = 1 << 20;

    private RowDescriptor() {
    }
}
