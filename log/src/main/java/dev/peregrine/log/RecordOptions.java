/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a record may have beside its payload: a transaction id, the bytes of its key, headers; and a durability of its
 * own. Filled once and given to any number of publishes, or cleared and filled again: it copies what it is told and
 * allocates only while it grows. For one thread.
 */
public final class RecordOptions {
    private static final int INITIAL_CAPACITY = 256;

    /** Key and headers, as they will stand in the frame. */
    private final ExpandableArrayBuffer entries = new ExpandableArrayBuffer(INITIAL_CAPACITY);
    private int length;
    private boolean hasKey;
    private long transactionId = FrameExtension.NO_TRANSACTION_ID;
    private Durability durability;

    /** Forgets everything. */
    public RecordOptions clear() {
        length = 0;
        hasKey = false;
        transactionId = FrameExtension.NO_TRANSACTION_ID;
        durability = null;
        return this;
    }

    /**
     * Says how safe the record must be when its publish returns, more or less than its stream's; null is as its stream.
     * {@link Durability#SYNC} waits for the force, which takes everything before the record with it;
     * {@link Durability#INTERVAL} asks for one within the stream's interval. It is not stored with the record. The first
     * force of a stream under {@link Durability#OS} goes over all that it has.
     */
    public RecordOptions durability(final Durability value) {
        durability = value;
        return this;
    }

    Durability durability() {
        return durability;
    }

    /**
     * Sets the transaction id. In one partition those of one publisher never fall.
     *
     * @throws IllegalArgumentException if it is negative.
     */
    public RecordOptions transactionId(final long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a transaction id is not negative: " + value);
        }
        transactionId = value;
        return this;
    }

    /** The transaction id, or {@link FrameExtension#NO_TRANSACTION_ID}. */
    public long transactionId() {
        return transactionId;
    }

    /**
     * Adds the key itself; the hash that chooses the partition is given where the record is published.
     *
     * @throws IllegalStateException if there is one already.
     * @throws IllegalArgumentException if it is longer than {@link FrameExtension#MAX_VALUE_LENGTH}.
     */
    public RecordOptions key(final DirectBuffer source, final int offset, final int keyLength) {
        if (hasKey) {
            throw new IllegalStateException("a record has one key: clear the options first");
        }
        checkRoom(keyLength);
        length = FrameExtension.putBytes(entries, length, FrameExtension.KEY, source, offset, keyLength);
        hasKey = true;
        return this;
    }

    /**
     * Adds a header behind those that are there; a name may be repeated.
     *
     * @param name in UTF-8.
     * @throws IllegalArgumentException if it is too long: alone, or together with the others.
     */
    public RecordOptions header(final byte[] name, final DirectBuffer source, final int offset, final int valueLength) {
        checkRoom(FrameExtension.headerLength(name.length, valueLength));
        length = FrameExtension.putHeader(entries, length, name, source, offset, valueLength);
        return this;
    }

    /** Adds a header of text, in UTF-8. Allocates. */
    public RecordOptions header(final String name, final String value) {
        final byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return header(name.getBytes(StandardCharsets.UTF_8), new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private void checkRoom(final int valueLength) {
        if (valueLength < 0 || valueLength > FrameExtension.MAX_VALUE_LENGTH
            || length + FrameExtension.entryLength(valueLength)
                > FrameExtension.MAX_LENGTH - FrameExtension.LONG_ENTRY_LENGTH) {
            throw new IllegalArgumentException("a key or header of " + valueLength + " bytes is too long: the longest is "
                + FrameExtension.MAX_VALUE_LENGTH + ", all of a record " + FrameExtension.MAX_LENGTH);
        }
    }

    /** Bytes that they take before the payload, a multiple of 8. */
    public int extensionLength() {
        return transactionId < 0 ? length : length + FrameExtension.LONG_ENTRY_LENGTH;
    }

    /** Writes them as a frame's extension. */
    void write(final MutableDirectBuffer target, final int offset) {
        int at = offset;
        if (transactionId >= 0) {
            at = FrameExtension.putLong(target, at, FrameExtension.TRANSACTION_ID, transactionId);
        }
        target.putBytes(at, entries, 0, length);
    }
}
