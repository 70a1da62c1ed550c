/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.peregrine.core.error.TransactionIdOutOfOrderException;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Records of one partition that are to be published together: gathered here, each as the frame that it will be, then
 * appended with one fetch-and-add and one copy. Readers see them in order and all at once, unless the batch is longer
 * than a frame may be ({@link PartitionConfig#maxPayloadLength}): then it goes into the log in several such parts.
 * Reusable, of fixed capacity, for one thread; allocates nothing after it was made.
 */
public final class RecordBatch {
    /** Result of {@link #claim} when the batch has no room left: publish and clear it. */
    public static final int FULL = -1;

    private static final int NOTHING_CLAIMED = -1;

    private final UnsafeBuffer buffer;
    private int length;
    private int size;
    private int longest;
    private int payloadBytes;
    private long lastTransactionId = FrameExtension.NO_TRANSACTION_ID;
    private int claimOffset = NOTHING_CLAIMED;
    private int claimFrameLength;
    private int claimExtensionWords;
    private long claimTransactionId;
    private int published;
    private Durability durability;

    /**
     * An empty batch.
     *
     * @param capacity bytes of frames that it holds; each takes {@link FrameDescriptor#alignedLength} with its extension.
     */
    public RecordBatch(final int capacity) {
        if (capacity < FrameDescriptor.HEADER_LENGTH || capacity > FrameDescriptor.MAX_MESSAGE_LENGTH) {
            throw new IllegalArgumentException("the capacity of a batch is " + FrameDescriptor.HEADER_LENGTH + " to "
                + FrameDescriptor.MAX_MESSAGE_LENGTH + " bytes, not " + capacity);
        }
        buffer = new UnsafeBuffer(new byte[BitUtil.align(capacity, FrameDescriptor.ALIGNMENT)]);
    }

    /** Forgets every record, and an open claim. */
    public RecordBatch clear() {
        length = 0;
        size = 0;
        longest = 0;
        payloadBytes = 0;
        lastTransactionId = FrameExtension.NO_TRANSACTION_ID;
        claimOffset = NOTHING_CLAIMED;
        durability = null;
        return this;
    }

    /** As {@link RecordOptions#durability}, for the batch as a whole; that of its records is not looked at. */
    public RecordBatch durability(final Durability value) {
        durability = value;
        return this;
    }

    Durability durability() {
        return durability;
    }

    /** Number of records. */
    public int size() {
        return size;
    }

    /** Bytes that they will take in the log. */
    public int length() {
        return length;
    }

    /**
     * Records that the last publish of the batch took into the log, those that were there before included: all, unless
     * it failed on the way.
     */
    public int published() {
        return published;
    }

    void published(final int records) {
        published = records;
    }

    /**
     * Takes room for a record; write the payload into {@link #buffer()} at the returned offset, then commit.
     *
     * @param options transaction id, key and headers, or null; they are copied.
     * @return the offset, or {@link #FULL}.
     * @throws TransactionIdOutOfOrderException if the batch has a greater transaction id.
     * @throws IllegalStateException if the last claim is still open.
     */
    public int claim(final int payloadLength, final RecordOptions options) {
        final int extensionLength = options == null ? 0 : options.extensionLength();
        if (payloadLength < 0) {
            throw new IllegalArgumentException("a payload of " + payloadLength + " bytes");
        }
        if (claimOffset != NOTHING_CLAIMED) {
            throw new IllegalStateException("claim while one is open: commit it first");
        }
        if (payloadLength > buffer.capacity() - length - FrameDescriptor.HEADER_LENGTH - extensionLength) {
            return FULL;
        }
        if (options != null) {
            checkTransactionId(options.transactionId());
        }
        claimFrameLength = FrameDescriptor.HEADER_LENGTH + extensionLength + payloadLength;
        // what the frame leaves of its last words is zero in the log
        final int end = length + BitUtil.align(claimFrameLength, FrameDescriptor.ALIGNMENT);
        buffer.putLong(end - FrameDescriptor.ALIGNMENT, 0);
        buffer.putLong(end - Long.BYTES, 0);
        claimTransactionId = FrameExtension.NO_TRANSACTION_ID;
        if (options != null) {
            options.write(buffer, length + FrameDescriptor.HEADER_LENGTH);
            claimTransactionId = options.transactionId();
        }
        claimExtensionWords = extensionLength >> 3;
        claimOffset = length;
        return length + FrameDescriptor.HEADER_LENGTH + extensionLength;
    }

    private void checkTransactionId(final long transactionId) {
        if (transactionId >= 0 && transactionId < lastTransactionId) {
            throw new TransactionIdOutOfOrderException("transaction id " + transactionId
                + " is out of order in its batch, which has " + lastTransactionId);
        }
    }

    /** The memory of the current claim. */
    public MutableDirectBuffer buffer() {
        return buffer;
    }

    /** Adds the claimed record. */
    public void commit(final long keyHash, final int schemaId, final int templateId, final long timestampNs) {
        if (claimOffset == NOTHING_CLAIMED) {
            throw new IllegalStateException("commit without a claim");
        }
        final int offset = claimOffset;
        buffer.putInt(offset + FrameDescriptor.LENGTH_OFFSET, claimFrameLength, LITTLE_ENDIAN);
        buffer.putLong(offset + FrameDescriptor.VERSION_OFFSET,
            FrameDescriptor.firstWord((byte) 0, claimExtensionWords, schemaId, templateId), LITTLE_ENDIAN);
        buffer.putLong(offset + FrameDescriptor.TIMESTAMP_OFFSET, timestampNs, LITTLE_ENDIAN);
        buffer.putLong(offset + FrameDescriptor.KEY_HASH_OFFSET, keyHash, LITTLE_ENDIAN);
        if (claimTransactionId >= 0) {
            lastTransactionId = claimTransactionId;
        }
        longest = Math.max(longest, claimFrameLength);
        payloadBytes += claimFrameLength - FrameDescriptor.HEADER_LENGTH - (claimExtensionWords << 3);
        length += BitUtil.align(claimFrameLength, FrameDescriptor.ALIGNMENT);
        size++;
        claimOffset = NOTHING_CLAIMED;
    }

    /** Copies a record into the batch; false if it has no room left. */
    public boolean add(
        final long keyHash, final int schemaId, final int templateId, final long timestampNs,
        final DirectBuffer source, final int offset, final int payloadLength) {
        return add(keyHash, schemaId, templateId, timestampNs, source, offset, payloadLength, null);
    }

    /** Copies a record with transaction id, key or headers into the batch; false if it has no room left. */
    public boolean add(
        final long keyHash, final int schemaId, final int templateId, final long timestampNs,
        final DirectBuffer source, final int offset, final int payloadLength, final RecordOptions options) {
        final int at = claim(payloadLength, options);
        if (at == FULL) {
            return false;
        }
        buffer.putBytes(at, source, offset, payloadLength);
        commit(keyHash, schemaId, templateId, timestampNs);
        return true;
    }

    /** Offset of the record behind the one at an offset; the first is at 0, and {@link #length()} is behind the last. */
    public int next(final int record) {
        return record + BitUtil.align(frameLength(record), FrameDescriptor.ALIGNMENT);
    }

    /** Key hash of the record at an offset. */
    public long keyHash(final int record) {
        return buffer.getLong(record + FrameDescriptor.KEY_HASH_OFFSET, LITTLE_ENDIAN);
    }

    /** SBE schema id of the record at an offset. */
    public int schemaId(final int record) {
        return buffer.getShort(record + FrameDescriptor.SCHEMA_ID_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /** SBE template id of the record at an offset. */
    public int templateId(final int record) {
        return buffer.getShort(record + FrameDescriptor.TEMPLATE_ID_OFFSET, LITTLE_ENDIAN) & 0xFFFF;
    }

    /** Bytes of payload of the records from an index on. */
    public int payloadBytes(final int from) {
        if (from == 0) {
            return payloadBytes;
        }
        int bytes = 0;
        for (int record = offsetOf(from); record < length; record = next(record)) {
            bytes += frameLength(record) - FrameDescriptor.HEADER_LENGTH - FrameExtension.length(buffer, record);
        }
        return bytes;
    }

    int frameLength(final int record) {
        return buffer.getInt(record + FrameDescriptor.LENGTH_OFFSET, LITTLE_ENDIAN);
    }

    long transactionId(final int record) {
        return FrameExtension.longValue(buffer, record, FrameExtension.TRANSACTION_ID);
    }

    /** Offset of the record with an index. */
    int offsetOf(final int index) {
        int offset = 0;
        for (int i = 0; i < index; i++) {
            offset = next(offset);
        }
        return offset;
    }

    /** Whether a record has a transaction id. */
    boolean hasTransactionIds() {
        return lastTransactionId >= 0;
    }

    /** End of the longest run of whole records from an offset that is not longer than a limit. */
    int endOfPart(final int from, final int limit) {
        if (length - from <= limit) {
            return length;
        }
        int end = next(from);
        while (end < length && next(end) - from <= limit) {
            end = next(end);
        }
        return end;
    }

    /** Number of records between two offsets. */
    int count(final int from, final int to) {
        int count = 0;
        for (int record = from; record < to; record = next(record)) {
            count++;
        }
        return count;
    }

    /** Length of the longest frame. */
    int longest() {
        return longest;
    }
}
