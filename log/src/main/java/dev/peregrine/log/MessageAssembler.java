/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.CorruptDataException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts the fragments of a message together, as one long plain frame: header and extension of the first fragment, the
 * payloads of all. It keeps nothing between messages but its buffer, so it is right wherever its reader was sent: given
 * the message's last fragment it walks there from the first, passing the frames of others. Used by one thread.
 *
 * <p>The buffer grows by doubling, as messages ask for it, up to {@link FrameDescriptor#MAX_MESSAGE_LENGTH}, and is kept
 * as long as the reader.
 */
final class MessageAssembler {
    /** The message's beginning was truncated. */
    static final int CUT = -1;
    /** A claim of another publisher between first and last fragment is still open: come again. */
    static final int NOT_YET = -2;

    private static final int INITIAL_CAPACITY = 1 << 16;
    private static final int MAX_LENGTH = FrameDescriptor.HEADER_LENGTH + FrameDescriptor.MAX_MESSAGE_LENGTH;

    private final PartitionLog log;
    private final FrameWalker walker;
    private final UnsafeBuffer message = new UnsafeBuffer(ByteBuffer.allocateDirect(INITIAL_CAPACITY));
    private int length;

    MessageAssembler(final PartitionLog log) {
        this.log = log;
        this.walker = new FrameWalker(log, log.startPosition());
    }

    /** Where the message lies, from offset 0, valid until the next one. */
    DirectBuffer buffer() {
        return message;
    }

    /**
     * Gathers a message.
     *
     * @param first position of its first fragment.
     * @param last position of its last.
     * @return length of the frame that it became, {@link #CUT} or {@link #NOT_YET}.
     * @throws CorruptDataException if the positions do not name a message, or one of its frames is damaged.
     */
    int assemble(final long first, final long last) {
        if (first < log.startPosition()) {
            return first < 0 ? damaged(first, last) : CUT;
        }
        length = 0;
        walker.seek(first);
        try {
            do {
                final long expected = walker.endPosition();
                if (!walker.next()) {
                    return NOT_YET;
                }
                if (walker.position() != expected) {
                    return CUT; // truncated while we walked
                }
                take(first, last);
            } while (walker.position() < last);
        } finally {
            walker.close();
        }
        message.putInt(FrameDescriptor.LENGTH_OFFSET, length);
        message.putByte(FrameDescriptor.FLAGS_OFFSET, (byte) 0);
        return length;
    }

    private void take(final long first, final long last) {
        final byte flags = walker.flags();
        final boolean fragment =
            (flags & (FrameDescriptor.FLAG_FRAGMENT | FrameDescriptor.FLAG_PADDING)) == FrameDescriptor.FLAG_FRAGMENT;
        if (walker.position() == first) {
            if (!fragment || (flags & FrameDescriptor.FLAG_BEGIN) == 0 || first == last) {
                damaged(first, last);
            }
            append(walker.frameOffset(), walker.frameLength(), last);
        } else if (fragment && (flags & FrameDescriptor.FLAG_BEGIN) == 0
            && FrameExtension.longValue(walker.buffer(), walker.frameOffset(), FrameExtension.FIRST_FRAGMENT) == first) {
            final int header =
                FrameDescriptor.HEADER_LENGTH + FrameExtension.length(walker.buffer(), walker.frameOffset());
            append(walker.frameOffset() + header, walker.frameLength() - header, last);
        }
    }

    private void append(final int offset, final int bytes, final long last) {
        if (length + bytes > MAX_LENGTH) {
            throw new CorruptDataException("the message that ends at position " + last + " of log " + log.config().name()
                + " is longer than " + FrameDescriptor.MAX_MESSAGE_LENGTH + " bytes, which no publisher writes");
        }
        if (length + bytes > message.capacity()) {
            grow(length + bytes);
        }
        message.putBytes(length, walker.buffer(), offset, bytes);
        length += bytes;
    }

    private void grow(final int needed) {
        int capacity = message.capacity();
        while (capacity < needed) {
            capacity = Math.min(capacity << 1, MAX_LENGTH);
        }
        final MutableDirectBuffer old = new UnsafeBuffer(message);
        message.wrap(ByteBuffer.allocateDirect(capacity));
        message.putBytes(0, old, 0, length);
    }

    private int damaged(final long first, final long last) {
        throw new CorruptDataException("log " + log.config().name() + " is damaged at position " + last
            + ": the message that ends there does not begin at position " + first + ", as it says");
    }
}
