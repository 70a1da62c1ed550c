/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.codec.control.EndOfStreamDecoder;
import dev.peregrine.codec.control.EndOfStreamEncoder;
import dev.peregrine.codec.control.MessageHeaderEncoder;
import dev.peregrine.core.error.EndOfStreamException;
import dev.peregrine.core.time.EngineClock;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;

/**
 * The control frame that ends a partition. It is always the last of the log, and always of the same length, so that
 * opening a log finds it in one look before its end.
 */
final class StreamEnd {
    /**
     * What the tail is moved by, in one step, when a log ends: every claim before the step has its place before the end
     * frame, and every claim after it gets a position at or beyond this, where nothing can be written.
     */
    static final long BEYOND = 1L << 62;
    static final int PAYLOAD_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + EndOfStreamEncoder.BLOCK_LENGTH;
    static final int LENGTH = FrameDescriptor.alignedLength(PAYLOAD_LENGTH);

    private final PartitionLog log;
    private final AtomicBuffer tail;
    private final int tailOffset;
    /** End of the log, or -1 while it has none. */
    private volatile long position = -1;

    StreamEnd(final PartitionLog log, final AtomicBuffer tail, final int tailOffset) {
        this.log = log;
        this.tail = tail;
        this.tailOffset = tailOffset;
    }

    boolean isReached() {
        return position >= 0;
    }

    /** Position behind the frame; for whoever has seen that the tail has moved. */
    long awaitPosition() {
        while (position < 0) {
            Thread.onSpinWait(); // whoever ends the log is between two stores
        }
        return position;
    }

    EndOfStreamException exception() {
        return new EndOfStreamException("log " + log.config().name() + " was ended: it takes no more records");
    }

    /** The log that is being opened was ended. */
    void recovered(final long end) {
        tail.putLongVolatile(tailOffset, BEYOND + end);
        mark(end);
    }

    synchronized void end() {
        if (!isReached()) {
            log.checkWritable();
            log.awaitAllocated(log.config().segmentLength());
            try (Appender appender = new Appender(log, 0, "end of stream")) {
                final long claimed = tail.getAndAddLong(tailOffset, BEYOND);
                mark(placeFor(claimed, log.config().segmentLength()) + LENGTH);
                appender.commitEnd(claimed, EngineClock.INSTANCE.nanoTime());
            }
        }
    }

    private void mark(final long end) {
        position = end;
        log.state().refuse(exception());
    }

    /** Where the frame goes if the log ends at a position: there, or at the border that it would cross. */
    static long placeFor(final long position, final int segmentLength) {
        final long border = (position & -(long) segmentLength) + segmentLength;
        return position + LENGTH <= border ? position : border;
    }

    static void encode(final MutableDirectBuffer buffer, final int at, final long position) {
        new EndOfStreamEncoder().wrapAndApplyHeader(buffer, at, new MessageHeaderEncoder()).position(position);
    }

    static boolean is(final Frame frame) {
        return frame.flags() == FrameDescriptor.FLAG_CONTROL && frame.schemaId() == EndOfStreamDecoder.SCHEMA_ID
            && frame.templateId() == EndOfStreamDecoder.TEMPLATE_ID;
    }

    /** Whether the end frame stands before a position at which the log ends. */
    static boolean isBefore(final Segments segments, final long position) {
        final Segment segment = position < LENGTH ? null : segments.acquire(position - LENGTH);
        if (segment == null) {
            return false;
        }
        try {
            final int offset = segment.offsetOf(position - LENGTH);
            final int length = segment.buffer().getIntAcquire(offset + FrameDescriptor.LENGTH_OFFSET);
            final FrameChecksum checksum = new FrameChecksum();
            checksum.wrap(segment.mapping());
            if (length != FrameDescriptor.HEADER_LENGTH + PAYLOAD_LENGTH || !checksum.isIntact(segment, offset, length)) {
                return false;
            }
            final Frame frame = new Frame().wrap(segment.buffer(), offset, length, position - LENGTH, 0);
            return is(frame);
        } finally {
            segments.release(segment);
        }
    }
}
