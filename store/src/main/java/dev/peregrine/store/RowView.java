/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import dev.peregrine.core.error.CorruptDataException;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A copy of one row in memory of its own, in the layout of {@link RowDescriptor}. Reusable; not thread-safe. Allocates
 * only while its buffer grows to the longest row.
 */
public final class RowView {
    private static final int INITIAL_LENGTH = 512;

    private final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(INITIAL_LENGTH);
    private int length;
    /** Offset of the cell found last. */
    private int cell;

    /** Takes a copy of a row's bytes, which are trusted; see {@link #ofBytes} for those that are not. */
    public RowView copy(final DirectBuffer row, final int offset, final int rowLength) {
        buffer.putBytes(0, row, offset, rowLength);
        length = rowLength;
        return this;
    }

    /** Makes it a row without cells. */
    public RowView clear() {
        buffer.putShort(RowDescriptor.FORMAT_OFFSET, RowDescriptor.FORMAT);
        buffer.putShort(RowDescriptor.CELL_COUNT_OFFSET, (short) 0);
        length = RowDescriptor.CELLS_OFFSET;
        return this;
    }

    /** The row's bytes. */
    public MutableDirectBuffer rowBuffer() {
        return buffer;
    }

    /** Length of the row, bytes. */
    public int rowLength() {
        return length;
    }

    /** Sets the length after the bytes were written through {@link #rowBuffer}. */
    public void rowLength(final int value) {
        length = value;
    }

    /** Number of cells. */
    public int cellCount() {
        return buffer.getShort(RowDescriptor.CELL_COUNT_OFFSET) & 0xFFFF;
    }

    /** Offset of the first cell; {@link #nextCell} goes on from there. */
    public int firstCell() {
        return RowDescriptor.CELLS_OFFSET;
    }

    /** Offset of the cell behind a cell. */
    public int nextCell(final int at) {
        return valueOffset(at) + valueLength(at);
    }

    /** Version of a cell. */
    public long version(final int at) {
        return buffer.getLong(at + RowDescriptor.VERSION_OFFSET);
    }

    /** Type of a cell's value, a constant of {@link RowDescriptor}. */
    public short type(final int at) {
        return buffer.getShort(at + RowDescriptor.TYPE_OFFSET);
    }

    /** Offset of a cell's lkey. */
    public int lkeyOffset(final int at) {
        return at + RowDescriptor.LKEY_OFFSET;
    }

    /** Length of a cell's lkey. */
    public int lkeyLength(final int at) {
        return buffer.getShort(at + RowDescriptor.LKEY_LENGTH_OFFSET) & 0xFFFF;
    }

    /** Offset of a cell's value. */
    public int valueOffset(final int at) {
        return lkeyOffset(at) + lkeyLength(at);
    }

    /** Length of a cell's value. */
    public int valueLength(final int at) {
        return buffer.getInt(at + RowDescriptor.VALUE_LENGTH_OFFSET);
    }

    /** A cell's lkey as text; allocates. */
    public String lkey(final int at) {
        return buffer.getStringWithoutLengthUtf8(lkeyOffset(at), lkeyLength(at));
    }

    /** A cell's value as text: numbers in decimal, bytes as UTF-8; allocates. */
    public String text(final int at) {
        return type(at) == RowDescriptor.TYPE_LONG
            ? Long.toString(buffer.getLong(valueOffset(at)))
            : buffer.getStringWithoutLengthUtf8(valueOffset(at), valueLength(at));
    }

    /** Looks a cell up; {@link #cell} is its offset afterwards. */
    public boolean find(final byte[] lkey) {
        int at = firstCell();
        for (int i = cellCount(); i > 0; i--) {
            if (compare(at, lkey) == 0) {
                cell = at;
                return true;
            }
            at = nextCell(at);
        }
        return false;
    }

    /** Offset of the cell found last. */
    public int cell() {
        return cell;
    }

    /** A cell as a number, or the given value where it is missing. */
    public long getLong(final byte[] lkey, final long ifMissing) {
        return find(lkey) && type(cell) == RowDescriptor.TYPE_LONG ? buffer.getLong(valueOffset(cell)) : ifMissing;
    }

    /** A cell's bytes, or null; allocates. */
    public byte[] getBytes(final byte[] lkey) {
        if (!find(lkey)) {
            return null;
        }
        final byte[] value = new byte[valueLength(cell)];
        buffer.getBytes(valueOffset(cell), value);
        return value;
    }

    private int compare(final int at, final byte[] lkey) {
        return compare(at, lkey.length, lkey, 0);
    }

    private int compare(final int at, final int otherLength, final byte[] other, final int otherOffset) {
        final int own = lkeyLength(at);
        final int offset = lkeyOffset(at);
        for (int i = 0; i < Math.min(own, otherLength); i++) {
            final int difference = (buffer.getByte(offset + i) & 0xFF) - (other[otherOffset + i] & 0xFF);
            if (difference != 0) {
                return difference;
            }
        }
        return own - otherLength;
    }

    private int compare(final int at, final DirectBuffer other, final int otherOffset, final int otherLength) {
        final int own = lkeyLength(at);
        final int offset = lkeyOffset(at);
        for (int i = 0; i < Math.min(own, otherLength); i++) {
            final int difference = (buffer.getByte(offset + i) & 0xFF) - (other.getByte(otherOffset + i) & 0xFF);
            if (difference != 0) {
                return difference;
            }
        }
        return own - otherLength;
    }

    /**
     * Sets or deletes a cell, unless the row holds a newer version of it.
     *
     * @param valueLength length of the new value; negative deletes the cell.
     * @return false, and nothing changed, if the row would become longer than {@link RowDescriptor#MAX_ROW_LENGTH}.
     */
    public boolean apply(
        final DirectBuffer source, final int lkeyOffset, final int lkeyLength, final int newValueOffset,
        final int valueLength, final short type, final long version) {
        int at = firstCell();
        int left = cellCount();
        int order = 1;
        while (left > 0 && (order = compare(at, source, lkeyOffset, lkeyLength)) < 0) {
            at = nextCell(at);
            left--;
        }
        final boolean found = left > 0 && order == 0;
        if (found && version(at) > version) {
            return true;
        }
        final int oldLength = found ? nextCell(at) - at : 0;
        final int newLength = valueLength < 0 ? 0 : RowDescriptor.LKEY_OFFSET + lkeyLength + valueLength;
        if (length + newLength - oldLength > RowDescriptor.MAX_ROW_LENGTH) {
            return false;
        }
        if (oldLength != newLength) {
            splice(at, oldLength, newLength);
            final int cells = cellCount() + (newLength > 0 ? 1 : 0) - (found ? 1 : 0);
            buffer.putShort(RowDescriptor.CELL_COUNT_OFFSET, (short) cells);
        }
        if (newLength > 0) {
            buffer.putLong(at + RowDescriptor.VERSION_OFFSET, version);
            buffer.putInt(at + RowDescriptor.VALUE_LENGTH_OFFSET, valueLength);
            buffer.putShort(at + RowDescriptor.LKEY_LENGTH_OFFSET, (short) lkeyLength);
            buffer.putShort(at + RowDescriptor.TYPE_OFFSET, type);
            buffer.putBytes(lkeyOffset(at), source, lkeyOffset, lkeyLength);
            buffer.putBytes(lkeyOffset(at) + lkeyLength, source, newValueOffset, valueLength);
        }
        return true;
    }

    /** Deletes every cell that is not newer than a version. */
    void deleteUpTo(final long version) {
        int at = firstCell();
        int cells = 0;
        for (int left = cellCount(); left > 0; left--) {
            if (version(at) > version) {
                at = nextCell(at);
                cells++;
            } else {
                splice(at, nextCell(at) - at, 0);
            }
        }
        buffer.putShort(RowDescriptor.CELL_COUNT_OFFSET, (short) cells);
    }

    private void splice(final int at, final int oldLength, final int newLength) {
        final int tail = length - at - oldLength;
        buffer.checkLimit(Math.max(length, length + newLength - oldLength));
        if (tail > 0) {
            buffer.putBytes(at + newLength, buffer, at + oldLength, tail); // overlapping copies are allowed
        }
        length += newLength - oldLength;
    }

    /** The row as a map of texts would print it: one line of JSON-like text for messages; allocates. */
    @Override
    public String toString() {
        final String[] cells = new String[cellCount()];
        int at = firstCell();
        for (int i = 0; i < cells.length; i++) {
            cells[i] = lkey(at) + "=" + text(at);
            at = nextCell(at);
        }
        return Arrays.toString(cells);
    }

    /**
     * A view of bytes that come from elsewhere, e.g. from a cache, and should have the layout of a row.
     *
     * @throws CorruptDataException if they have not.
     */
    public static RowView ofBytes(final byte[] row) {
        return new RowView().copy(new UnsafeBuffer(row), 0, row.length).check();
    }

    /**
     * Checks that every length and offset stays within the row, so that no method reads beyond it.
     *
     * @return this.
     * @throws CorruptDataException naming the offset, if the bytes are not a row of this format.
     */
    public RowView check() {
        if (length < RowDescriptor.CELLS_OFFSET
            || buffer.getShort(RowDescriptor.FORMAT_OFFSET) != RowDescriptor.FORMAT) {
            throw notARow(0);
        }
        int at = firstCell();
        for (int left = cellCount(); left > 0; left--) {
            if (at + RowDescriptor.LKEY_OFFSET > length || valueLength(at) < 0
                || (long) valueOffset(at) + valueLength(at) > length
                || type(at) == RowDescriptor.TYPE_LONG && valueLength(at) != Long.BYTES) {
                throw notARow(at);
            }
            at = nextCell(at);
        }
        if (at != length) {
            throw notARow(at);
        }
        return this;
    }

    private CorruptDataException notARow(final int at) {
        return new CorruptDataException("these " + length + " bytes are not a row of format " + RowDescriptor.FORMAT
            + ": byte " + at + " does not fit; write the row again");
    }
}
