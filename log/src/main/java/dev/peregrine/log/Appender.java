/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.codec.control.EndOfStreamEncoder;
import dev.peregrine.core.error.ClaimLostException;
import dev.peregrine.core.error.RecordTooLongException;
import dev.peregrine.core.error.TransactionIdOutOfOrderException;
import dev.peregrine.core.files.WriterFence;
import java.lang.ref.Reference;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Appends frames to a partition, for one thread; a partition takes any number of appenders at once. Wait-free in steady
 * state: one fetch-and-add claims the room, one release-ordered store of the length commits it.
 *
 * <p>The buffer of a claim belongs to the log and is valid until {@link #commit} or {@link #abort}. A claim must be
 * ended soon: readers wait at it. If its thread ends first, or the appender is dropped, the claim becomes padding after
 * {@link PartitionConfig#holeTimeoutMs}.
 */
public final class Appender implements AutoCloseable {
    /** Result of a try: no room is allocated, because the disk is full or housekeeping has not come to it. */
    public static final int NO_ROOM = -2;

    private static final int NOTHING_CLAIMED = Claim.NOTHING;
    /** A message is being written that is longer than a frame; nothing is claimed in the log. */
    private static final int MESSAGE_CLAIMED = -2;
    private static final long NOT_LOOKED_UP = -2;

    private final PartitionLog log;
    private final long producerId;
    private final int segmentLength;
    private final int maxPayloadLength;
    private final long mask;
    private final Durability durability;
    private final FrameChecksum checksum = new FrameChecksum();
    private final Claim claim;
    private final WriterFence fence;

    private Segment segment;
    private UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private long allocatedLimit;
    /** Words of extension of the current claim; 0 whenever nothing is claimed. */
    private int claimExtensionWords;
    private boolean claimHasOptions;
    private long claimTransactionId;
    private Durability claimDurability;
    private long lastTransactionId = NOT_LOOKED_UP;
    /** Made for the first one. */
    private LongMessage message;

    Appender(final PartitionLog log, final long producerId, final String name) {
        this.log = log;
        this.producerId = producerId;
        this.segmentLength = log.config().segmentLength();
        this.maxPayloadLength = log.config().maxPayloadLength();
        this.mask = segmentLength - 1L;
        this.durability = log.config().durability();
        this.claimDurability = durability;
        this.claim = log.holes().add(this, producerId, name);
        this.fence = log.config().files().fence();
    }

    /**
     * Claims room for a frame.
     *
     * @return offset in {@link #buffer()} at which the payload is to be written.
     * @throws IllegalArgumentException if the payload is longer than the partition takes.
     * @throws IllegalStateException if the last claim is still open.
     * @throws dev.peregrine.core.error.DiskFullException if there is no room; nothing was claimed.
     * @throws dev.peregrine.core.error.ClosedException if the log is closed.
     * @throws dev.peregrine.core.error.StorageException if an earlier force failed.
     * @throws dev.peregrine.core.error.FencedException if this was found out before: another writer has taken over.
     */
    public int claim(final int payloadLength) {
        if (payloadLength < 0 || payloadLength > maxPayloadLength) {
            throw log.tooLong(payloadLength);
        }
        checkNothingClaimed();
        final long position = claimRange(FrameDescriptor.alignedLength(payloadLength));
        return begin(position, FrameDescriptor.HEADER_LENGTH + payloadLength) + FrameDescriptor.HEADER_LENGTH;
    }

    /** Claims room within one segment, waiting for it if need be. */
    private long claimRange(final int alignedLength) {
        while (true) {
            log.checkWritable();
            if (log.tail() + segmentLength > allocatedLimit) {
                allocatedLimit = log.awaitAllocated(segmentLength);
            }
            final long position = log.claim(alignedLength);
            if ((position & mask) + alignedLength <= segmentLength) {
                return position;
            }
            padStraddled(position, alignedLength);
        }
    }

    private long tryClaimRange(final int alignedLength) {
        while (true) {
            log.checkWritable();
            final long position = log.tryClaim(alignedLength);
            if (position < 0 || (position & mask) + alignedLength <= segmentLength) {
                return position;
            }
            padStraddled(position, alignedLength);
        }
    }

    /** Marks a claimed range as such; returns its offset in the buffer. */
    private int begin(final long position, final int length) {
        if (segment == null || !segment.contains(position)) {
            changeSegmentOrLose(position, length);
        }
        final Thread thread = Thread.currentThread();
        if (claim.owner != thread) {
            claim.own(thread);
        }
        final int offset = segment.offsetOf(position);
        // negative: claimed, not yet readable; tells recovery how far the claim reaches
        buffer.putIntRelease(offset + FrameDescriptor.LENGTH_OFFSET, -length);
        claim.position = position;
        claim.length = length;
        claim.offset = offset;
        return offset;
    }

    /**
     * Claims room for a frame with transaction id, key and headers.
     *
     * @return offset in {@link #buffer()} at which the payload is to be written.
     * @throws TransactionIdOutOfOrderException if this appender's producer has used a greater transaction id in this
     *     partition, also before a restart; the first time is looked up in the log.
     * @see #claim(int)
     */
    public int claim(final int payloadLength, final RecordOptions options) {
        final int extensionLength = options.extensionLength();
        if (payloadLength < 0 || payloadLength > maxPayloadLength - extensionLength) {
            throw log.tooLong(payloadLength + (long) extensionLength);
        }
        checkTransactionId(options.transactionId());
        final int at = claim(payloadLength + extensionLength);
        write(options, at);
        return at + extensionLength;
    }

    /**
     * Claims room for a record of any length up to {@link FrameDescriptor#MAX_MESSAGE_LENGTH}. One that is longer than a
     * frame is written into a buffer of the appender, and goes into the log at {@link #commit}, in fragments between
     * which frames of others may lie: readers see all of it or nothing. A commit that fails leaves an unfinished message
     * behind, which nobody sees. The buffer is kept for the next one.
     *
     * @param options transaction id, key and headers, or null.
     * @return offset in {@link #buffer()} at which the payload is to be written.
     * @throws RecordTooLongException if it is longer, or its key and headers do not fit into one frame.
     * @see #claim(int, RecordOptions)
     */
    public int claimMessage(final int payloadLength, final RecordOptions options) {
        final int extensionLength = options == null ? 0 : options.extensionLength();
        if (payloadLength <= maxPayloadLength - extensionLength) {
            return options == null ? claim(payloadLength) : claim(payloadLength, options);
        }
        return claimLong(payloadLength, options);
    }

    /**
     * As {@link #claimMessage}, but never waits for room: it answers {@link #NO_ROOM} instead, nothing being claimed.
     * Lock-free rather than wait-free. Somebody must do the housekeeping of the log, which allocates; the blocking claims
     * would do it themselves. A record that is longer than a frame takes its room at its commit, which waits.
     */
    public int tryClaim(final int payloadLength, final RecordOptions options) {
        final int extensionLength = options == null ? 0 : options.extensionLength();
        if (payloadLength > maxPayloadLength - extensionLength) {
            return log.hasRoom(segmentLength) ? claimLong(payloadLength, options) : NO_ROOM;
        }
        if (payloadLength < 0) {
            throw log.tooLong(payloadLength);
        }
        checkNothingClaimed();
        if (options != null) {
            checkTransactionId(options.transactionId());
        }
        final int length = extensionLength + payloadLength;
        final long position = tryClaimRange(FrameDescriptor.alignedLength(length));
        if (position < 0) {
            return NO_ROOM;
        }
        final int at = begin(position, FrameDescriptor.HEADER_LENGTH + length) + FrameDescriptor.HEADER_LENGTH;
        if (options != null) {
            write(options, at);
        }
        return at + extensionLength;
    }

    /** Whether {@link #tryClaim} of a payload may find room now. */
    public boolean hasRoom(final int payloadLength) {
        return log.hasRoom(payloadLength > maxPayloadLength
            ? segmentLength : FrameDescriptor.alignedLength(payloadLength));
    }

    private int claimLong(final int payloadLength, final RecordOptions options) {
        if (payloadLength < 0) {
            throw log.tooLong(payloadLength);
        }
        checkNothingClaimed();
        log.checkWritable();
        if (options != null) {
            checkTransactionId(options.transactionId());
        }
        if (message == null) {
            message = new LongMessage();
        }
        final int at = message.begin(log.config(), payloadLength, options);
        if (options != null && options.durability() != null) {
            claimDurability = options.durability();
        }
        buffer = message.buffer();
        claim.position = -1;
        claim.offset = MESSAGE_CLAIMED;
        return at;
    }

    void checkTransactionId(final long transactionId) {
        if (transactionId >= 0 && transactionId < lastTransactionId()) {
            throw new TransactionIdOutOfOrderException("transaction id " + transactionId + " is out of order in log "
                + log.config().name() + ": its publisher has used " + lastTransactionId
                + " there; go on from that, or publish under another name");
        }
    }

    /** Highest transaction id that the producer has used in this partition, or -1. Looked up in the log the first time. */
    public long lastTransactionId() {
        if (lastTransactionId == NOT_LOOKED_UP) {
            lastTransactionId = log.lastTransactionId(producerId);
        }
        return lastTransactionId;
    }

    /** The memory of the current claim. */
    public MutableDirectBuffer buffer() {
        return buffer;
    }

    /** Position of the current claim; -1 while a message is being written that is longer than a frame. */
    public long claimPosition() {
        return claim.position;
    }

    /**
     * Makes the claimed frame readable; under {@link Durability#SYNC} also waits until it is on disk.
     *
     * @return the position behind the frame.
     * @throws ClaimLostException if another thread made the claim and has ended too long ago.
     * @throws dev.peregrine.core.error.FencedException if another writer has taken over. The record may be in the log that
     *     it goes on with, if it was there before that copied the segment; nothing committed later is.
     */
    public long commit(
        final int schemaId, final int templateId, final long keyHash, final long timestampNs, final long sequence) {
        return commit(schemaId, templateId, keyHash, timestampNs, sequence, (byte) 0);
    }

    /** As {@link #commit(int, int, long, long, long)} with flags of {@link FrameDescriptor}. */
    public long commit(
        final int schemaId, final int templateId, final long keyHash, final long timestampNs, final long sequence,
        final byte flags) {
        if (claim.owner != Thread.currentThread()) {
            adopt();
        }
        final Durability wanted = claimDurability;
        final long end = claim.offset < 0
            ? commitMessage(schemaId, templateId, keyHash, timestampNs, sequence, flags)
            : commitFrame(schemaId, templateId, keyHash, timestampNs, sequence, flags);
        if (fence.isRaised()) { // after the store of the length: see WriterFence
            throw log.fenced();
        }
        if (wanted != Durability.OS) {
            acknowledge(end, wanted);
        }
        return end;
    }

    /** Another thread goes on with what one has claimed; that one may be gone, and its claim with it. */
    private void adopt() {
        final long position = claim.position;
        if (!log.holes().adopt(claim)) {
            forgetOptions();
            throw new ClaimLostException("the claim at position " + position + " of log " + log.config().name()
                + " was given up when the thread that had made it ended: publish the record again");
        }
    }

    private void acknowledge(final long end, final Durability wanted) {
        if (wanted == Durability.SYNC) {
            log.awaitDurable(end);
        } else if (wanted == Durability.INTERVAL && durability != Durability.INTERVAL) {
            log.requestForce(end);
        }
    }

    private void write(final RecordOptions options, final int at) {
        options.write(buffer, at);
        extend(options.extensionLength(), options.transactionId());
        if (options.durability() != null) {
            claimDurability = options.durability();
        }
    }

    /** Says what was written as the extension of the claimed frame. */
    void extend(final int extensionLength, final long transactionId) {
        claimHasOptions = true;
        claimExtensionWords = extensionLength >> 3;
        claimTransactionId = transactionId;
    }

    int maxPayloadLength() {
        return maxPayloadLength;
    }

    int maxFrameLength() {
        return maxPayloadLength + FrameDescriptor.HEADER_LENGTH;
    }

    String logName() {
        return log.config().name();
    }

    long commitFrame(
        final int schemaId, final int templateId, final long keyHash, final long timestampNs, final long sequence,
        final byte flags) {
        final UnsafeBuffer buffer = this.buffer;
        final int offset = claim.offset;
        final int frameLength = claim.length;
        final int extensionWords = claimExtensionWords;
        buffer.putLong(offset + FrameDescriptor.VERSION_OFFSET,
            FrameDescriptor.firstWord(flags, extensionWords, schemaId, templateId));
        buffer.putLong(offset + FrameDescriptor.TIMESTAMP_OFFSET, timestampNs);
        buffer.putLong(offset + FrameDescriptor.KEY_HASH_OFFSET, keyHash);
        buffer.putLong(offset + FrameDescriptor.PRODUCER_ID_OFFSET, producerId);
        buffer.putLong(offset + FrameDescriptor.SEQUENCE_OFFSET, sequence);
        buffer.putInt(offset + FrameDescriptor.CRC_OFFSET,
            checksum.compute(offset, frameLength, segment.id(), claim.position));
        // release: whoever sees the positive length sees all of the frame
        buffer.putIntRelease(offset + FrameDescriptor.LENGTH_OFFSET, frameLength);
        claim.offset = NOTHING_CLAIMED;
        Reference.reachabilityFence(this); // an appender is not dropped before its commit is done
        if (claimHasOptions) {
            endOptions();
        }
        return claim.position + BitUtil.align(frameLength, FrameDescriptor.ALIGNMENT);
    }

    private long commitMessage(
        final int schemaId, final int templateId, final long keyHash, final long timestampNs, final long sequence,
        final byte flags) {
        checkClaimed();
        endMessage();
        forgetOptions();
        return message.commit(this, schemaId, templateId, keyHash, timestampNs, sequence, flags);
    }

    /** Says that a message has been begun with a frame that is not committed yet, so that truncation leaves it whole. */
    void beginMessage(final long position) {
        claim.messageEnd = Long.MAX_VALUE;
        claim.messagePosition = position;
    }

    /** Says where the message ends, or where it was given up. */
    void finishMessage(final long position) {
        claim.messageEnd = position;
    }

    private void endMessage() {
        claim.offset = NOTHING_CLAIMED;
        buffer = segment == null ? new UnsafeBuffer(0, 0) : segment.buffer();
    }

    private void endOptions() {
        forgetOptions();
        if (claimTransactionId >= 0) {
            lastTransactionId = claimTransactionId;
        }
    }

    /**
     * Writes the frame that ends the log.
     *
     * @param claimed the place at which everything behind belongs to this appender alone.
     */
    void commitEnd(final long claimed, final long timestampNs) {
        final long position = StreamEnd.placeFor(claimed, segmentLength);
        if (position > claimed) {
            changeSegment(claimed);
            segment.pad(claimed, (int) (position - claimed));
        }
        final int offset = begin(position, FrameDescriptor.HEADER_LENGTH + StreamEnd.PAYLOAD_LENGTH);
        StreamEnd.encode(buffer, offset + FrameDescriptor.HEADER_LENGTH, position);
        commitFrame(EndOfStreamEncoder.SCHEMA_ID, EndOfStreamEncoder.TEMPLATE_ID, 0, timestampNs, 0,
            FrameDescriptor.FLAG_CONTROL);
    }

    /** Gives the claim up; its room becomes padding that readers skip. */
    public void abort() {
        checkClaimed();
        if (claim.offset == MESSAGE_CLAIMED) {
            endMessage();
            forgetOptions();
            return;
        }
        if (claim.owner != Thread.currentThread() && !log.holes().adopt(claim)) {
            forgetOptions();
            return;
        }
        segment.pad(claim.position, BitUtil.align(claim.length, FrameDescriptor.ALIGNMENT));
        claim.offset = NOTHING_CLAIMED;
        forgetOptions();
    }

    private void forgetOptions() {
        claimHasOptions = false;
        claimExtensionWords = 0;
        claimDurability = durability;
    }

    /**
     * Copies a payload into a frame and commits it.
     *
     * @return the position behind the frame.
     */
    public long append(
        final int schemaId, final int templateId, final long keyHash, final long timestampNs, final long sequence,
        final DirectBuffer source, final int offset, final int length) {
        final int at = claim(length);
        buffer.putBytes(at, source, offset, length);
        return commit(schemaId, templateId, keyHash, timestampNs, sequence);
    }

    /**
     * Appends the records of a batch, in order, from one of them on.
     *
     * @param from index of the first record that is appended.
     * @param firstSequence its sequence; those behind it count on.
     * @return the position behind the last.
     * @throws RecordTooLongException if one of them is longer than a frame may be; none was appended.
     * @throws TransactionIdOutOfOrderException if this appender's producer has used a greater transaction id; none was
     *     appended.
     * @see #claim(int)
     */
    public long append(final RecordBatch batch, final int from, final long firstSequence) {
        checkNothingClaimed();
        final long end = BatchWriter.append(this, batch, from, firstSequence);
        if (fence.isRaised()) { // after the store of the length: see WriterFence
            throw log.fenced();
        }
        acknowledge(end, batch.durability() == null ? durability : batch.durability());
        return end;
    }

    /**
     * Appends some records with sequences from one on. The first length is stored last, so that readers get the part as a
     * whole, and a crash leaves all or nothing.
     */
    long appendPart(final RecordBatch batch, final int from, final int length, final long firstSequence) {
        final int offset = begin(claimRange(length), length);
        final UnsafeBuffer buffer = this.buffer;
        final long position = claim.position;
        final long segmentId = segment.id();
        final boolean hasTransactionIds = batch.hasTransactionIds();
        buffer.putBytes(offset + FrameDescriptor.CRC_OFFSET, batch.buffer(), from + FrameDescriptor.CRC_OFFSET,
            length - FrameDescriptor.CRC_OFFSET);
        long sequence = firstSequence;
        int at = 0;
        while (at < length) {
            final int frame = offset + at;
            final int frameLength = batch.frameLength(from + at);
            buffer.putLong(frame + FrameDescriptor.PRODUCER_ID_OFFSET, producerId);
            buffer.putLong(frame + FrameDescriptor.SEQUENCE_OFFSET, sequence++);
            buffer.putInt(frame + FrameDescriptor.CRC_OFFSET,
                checksum.compute(frame, frameLength, segmentId, position + at));
            if (hasTransactionIds && batch.transactionId(from + at) >= 0) {
                lastTransactionId = batch.transactionId(from + at);
            }
            at += BitUtil.align(frameLength, FrameDescriptor.ALIGNMENT);
        }
        // release: whoever sees this length sees every frame of the part
        buffer.putIntRelease(offset + FrameDescriptor.LENGTH_OFFSET, batch.frameLength(from));
        claim.offset = NOTHING_CLAIMED;
        return position + length;
    }

    private void checkNothingClaimed() {
        if (claim.offset != NOTHING_CLAIMED) {
            throw new IllegalStateException("a claim is open: commit or abort it first");
        }
    }

    private void checkClaimed() {
        if (claim.offset == NOTHING_CLAIMED) {
            throw new IllegalStateException("commit or abort without a claim");
        }
    }

    /** A claim that crosses the end of a segment cannot hold a frame: both parts become padding. */
    private void padStraddled(final long position, final int alignedLength) {
        final int before = (int) (segmentLength - (position & mask));
        boolean padded = false;
        try {
            changeSegmentOrLose(position, before);
            segment.pad(position, before);
            padded = true;
        } finally {
            if (!padded) {
                log.holes().lost(claim, position + before, alignedLength - before);
            }
        }
        changeSegmentOrLose(position + before, alignedLength - before);
        segment.pad(position + before, alignedLength - before);
    }

    /** Where the segment of a claim cannot be had, nobody will ever fill the claim. */
    private void changeSegmentOrLose(final long position, final int length) {
        boolean changed = false;
        try {
            changeSegment(position);
            changed = true;
        } finally {
            if (!changed) {
                log.holes().lost(claim, position, length);
            }
        }
    }

    private void changeSegment(final long position) {
        if (segment == null || !segment.contains(position)) {
            final Segment next = log.acquireForWrite(position);
            if (segment != null) {
                log.segments().release(segment);
            }
            segment = next;
            buffer = next.buffer();
            checksum.wrap(next.mapping());
        }
    }

    /** Gives the mapped segment back. An open claim is aborted. */
    @Override
    public void close() {
        if (segment != null) {
            if (claim.offset != NOTHING_CLAIMED) {
                abort();
            }
            log.segments().release(segment);
            segment = null;
        }
        log.holes().remove(claim);
        if (lastTransactionId >= 0) {
            log.history().rememberTransactionId(producerId, lastTransactionId);
        }
    }
}
