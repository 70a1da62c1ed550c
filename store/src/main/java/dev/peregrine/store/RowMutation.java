/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import dev.peregrine.core.error.PeregrineException;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A batch of changes to one row, in the form in which it stands in the table's change log:
 *
 * <pre>
 *  +----------------------+---------------------+
 *  | Delete row: 1 or 0   | Pkey length (i32)   |  0
 *  +----------------------+---------------------+
 *  | Pkey bytes, then changes                  ...  8
 *  +--------------------------------------------+
 *
 *  a change:
 *  +----------------------+---------------------+
 *  | Value length (i32), negative deletes       |  0
 *  +----------------------+---------------------+
 *  | Lkey length (u16)    | Type (u16)          |  4
 *  +----------------------+---------------------+
 *  | Lkey bytes, value bytes                   ...  8
 *  +--------------------------------------------+
 * </pre>
 *
 * <p>Reusable; not thread-safe. Allocates only while its buffer grows.
 */
public final class RowMutation {
    static final int DELETE_ROW_OFFSET = 0;
    static final int PKEY_LENGTH_OFFSET = 4;
    static final int PKEY_OFFSET = 8;
    static final int CHANGE_VALUE_LENGTH_OFFSET = 0;
    static final int CHANGE_LKEY_LENGTH_OFFSET = 4;
    static final int CHANGE_TYPE_OFFSET = 6;
    static final int CHANGE_LKEY_OFFSET = 8;
    private static final int INITIAL_LENGTH = 512;

    private final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(INITIAL_LENGTH);
    private int length;

    /** Starts a batch for a row. */
    public RowMutation begin(final DirectBuffer pkey, final int offset, final int pkeyLength) {
        checkKey("pkey", pkeyLength);
        buffer.putInt(DELETE_ROW_OFFSET, 0);
        buffer.putInt(PKEY_LENGTH_OFFSET, pkeyLength);
        buffer.putBytes(PKEY_OFFSET, pkey, offset, pkeyLength);
        length = PKEY_OFFSET + pkeyLength;
        return this;
    }

    /** Starts a batch for a row; allocates. */
    public RowMutation begin(final String pkey) {
        final byte[] bytes = pkey.getBytes(StandardCharsets.UTF_8);
        return begin(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    /** Sets a cell to a number. */
    public RowMutation putLong(final byte[] lkey, final long value) {
        final int at = change(lkey, Long.BYTES, RowDescriptor.TYPE_LONG);
        buffer.putLong(at, value);
        return this;
    }

    /** Sets a cell to UTF-8 text. */
    public RowMutation putText(final byte[] lkey, final DirectBuffer text, final int offset, final int textLength) {
        buffer.putBytes(change(lkey, textLength, RowDescriptor.TYPE_TEXT), text, offset, textLength);
        return this;
    }

    /** Sets a cell to bytes. */
    public RowMutation putBytes(final byte[] lkey, final DirectBuffer value, final int offset, final int valueLength) {
        buffer.putBytes(change(lkey, valueLength, RowDescriptor.TYPE_BYTES), value, offset, valueLength);
        return this;
    }

    /** Deletes a cell. */
    public RowMutation delete(final byte[] lkey) {
        change(lkey, -1, RowDescriptor.TYPE_BYTES);
        return this;
    }

    /** Deletes every cell of the row before the other changes apply. */
    public RowMutation deleteRow() {
        buffer.putInt(DELETE_ROW_OFFSET, 1);
        return this;
    }

    private int change(final byte[] lkey, final int valueLength, final short type) {
        checkKey("lkey", lkey.length);
        final int at = length;
        if (at + Math.max(valueLength, 0) > RowDescriptor.MAX_ROW_LENGTH) {
            throw new PeregrineException("a row mutation is longer than " + RowDescriptor.MAX_ROW_LENGTH
                + " bytes: spread the cells over more pkeys");
        }
        buffer.putInt(at + CHANGE_VALUE_LENGTH_OFFSET, valueLength);
        buffer.putShort(at + CHANGE_LKEY_LENGTH_OFFSET, (short) lkey.length);
        buffer.putShort(at + CHANGE_TYPE_OFFSET, type);
        buffer.putBytes(at + CHANGE_LKEY_OFFSET, lkey);
        final int valueAt = at + CHANGE_LKEY_OFFSET + lkey.length;
        length = valueAt + Math.max(valueLength, 0);
        buffer.checkLimit(length);
        return valueAt;
    }

    private static void checkKey(final String what, final int keyLength) {
        if (keyLength > RowDescriptor.MAX_KEY_LENGTH) {
            throw new PeregrineException("a " + what + " of " + keyLength + " bytes is longer than "
                + RowDescriptor.MAX_KEY_LENGTH);
        }
    }

    /** The encoded batch. */
    public DirectBuffer buffer() {
        return buffer;
    }

    /** Length of the encoded batch, bytes. */
    public int length() {
        return length;
    }

    /** Length of the pkey of an encoded batch. */
    public static int pkeyLength(final DirectBuffer batch, final int offset) {
        return batch.getInt(offset + PKEY_LENGTH_OFFSET);
    }

    /** Offset of the pkey of an encoded batch. */
    public static int pkeyOffset(final int offset) {
        return offset + PKEY_OFFSET;
    }

    /**
     * Applies an encoded batch to a row, cell by cell, where it is not older than what the row holds; of two changes of
     * one cell the later counts.
     *
     * @return false if the row would become longer than {@link RowDescriptor#MAX_ROW_LENGTH}; it is then changed in part
     *     and of no use.
     */
    public static boolean applyTo(
        final RowView row, final DirectBuffer batch, final int offset, final int batchLength, final long version) {
        if (batch.getInt(offset + DELETE_ROW_OFFSET) != 0) {
            row.deleteUpTo(version);
        }
        int at = offset + PKEY_OFFSET + pkeyLength(batch, offset);
        final int end = offset + batchLength;
        while (at < end) {
            final int valueLength = batch.getInt(at + CHANGE_VALUE_LENGTH_OFFSET);
            final int lkeyLength = batch.getShort(at + CHANGE_LKEY_LENGTH_OFFSET) & 0xFFFF;
            final int valueAt = at + CHANGE_LKEY_OFFSET + lkeyLength;
            if (!row.apply(batch, at + CHANGE_LKEY_OFFSET, lkeyLength, valueAt, valueLength,
                batch.getShort(at + CHANGE_TYPE_OFFSET), version)) {
                return false;
            }
            at = valueAt + Math.max(valueLength, 0);
        }
        return true;
    }
}
