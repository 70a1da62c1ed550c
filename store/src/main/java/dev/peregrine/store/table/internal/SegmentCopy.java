/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import dev.peregrine.store.RowView;
import net.openhft.chronicle.map.MapEntry;
import org.agrona.BitUtil;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The rows of one segment of the map, one behind the other: key length, row length, key, row. For one thread. */
final class SegmentCopy {
    private static final int INITIAL_LENGTH = 64 << 10;
    private static final int ROW_LENGTH_OFFSET = Integer.BYTES;
    private static final int KEY_OFFSET = 2 * Integer.BYTES;

    private final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(INITIAL_LENGTH);
    private final MapBytes key = new MapBytes();
    private final MapBytes row = new MapBytes();
    private final UnsafeBuffer visitedKey = new UnsafeBuffer(0, 0);
    private final RowView visitedRow = new RowView();
    private int length;

    void clear() {
        length = 0;
    }

    void add(final MapEntry<MapBytes, MapBytes> entry) {
        entry.key().getUsing(key);
        entry.value().getUsing(row);
        buffer.putInt(length, key.length);
        buffer.putInt(length + ROW_LENGTH_OFFSET, row.length);
        buffer.putBytes(length + KEY_OFFSET, key.buffer, 0, key.length);
        buffer.putBytes(length + KEY_OFFSET + key.length, row.buffer, 0, row.length);
        length = BitUtil.align(length + KEY_OFFSET + key.length + row.length, Long.BYTES);
    }

    void visit(final RowMap.RowConsumer consumer) {
        for (int at = 0; at < length;) {
            final int keyLength = buffer.getInt(at);
            final int rowLength = buffer.getInt(at + ROW_LENGTH_OFFSET);
            final int rowAt = at + KEY_OFFSET + keyLength;
            visitedKey.wrap(buffer, at + KEY_OFFSET, keyLength);
            consumer.onRow(visitedKey, keyLength, visitedRow.copy(buffer, rowAt, rowLength));
            at = BitUtil.align(rowAt + rowLength, Long.BYTES);
        }
    }
}
