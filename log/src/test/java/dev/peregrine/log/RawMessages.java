/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.BitUtil;

/** Walks the frames of a log as they lie there, and puts messages together in the simplest way: a check on readers. */
final class RawMessages {
    /** A record or a whole message: header fields of its last frame, extension and payload of all. */
    record Message(long producerId, long sequence, byte flags, int fragments, long transactionId, byte[] payload) { }

    private record Part(long transactionId, List<byte[]> payloads) { }

    private RawMessages() {
    }

    /** Every record and finished message, in order. */
    static List<Message> read(final PartitionLog log) {
        final List<Message> messages = new ArrayList<>();
        final Map<Long, Part> open = new TreeMap<>();
        long position = log.startPosition();
        while (position < log.appendedPosition()) {
            final Segment segment = log.segments().acquire(position);
            final int offset = segment.offsetOf(position);
            final int length = segment.buffer().getInt(offset);
            if (length <= 0) {
                throw new AssertionError("no frame at " + position);
            }
            final FrameChecksum checksum = new FrameChecksum();
            checksum.wrap(segment.mapping());
            if (!checksum.isIntact(segment, offset, length)) {
                throw new AssertionError("damaged at " + position);
            }
            final byte flags = segment.buffer().getByte(offset + FrameDescriptor.FLAGS_OFFSET);
            if ((flags & FrameDescriptor.FLAG_PADDING) == 0) {
                take(new Frame().wrap(segment.buffer(), offset, length, position, 0), offset, open, messages);
            }
            log.segments().release(segment);
            position += BitUtil.align(length, FrameDescriptor.ALIGNMENT);
        }
        return messages;
    }

    private static void take(
        final Frame frame, final int frameOffset, final Map<Long, Part> open, final List<Message> messages) {
        final byte[] payload = new byte[frame.payloadLength()];
        frame.buffer().getBytes(frame.payloadOffset(), payload);
        final byte flags = frame.flags();
        if ((flags & FrameDescriptor.FLAG_FRAGMENT) == 0) {
            messages.add(new Message(
                frame.producerId(), frame.sequence(), flags, 1, frame.transactionId(), payload));
            return;
        }
        if ((flags & FrameDescriptor.FLAG_BEGIN) != 0) {
            open.put(frame.position(), new Part(frame.transactionId(), new ArrayList<>(List.of(payload))));
            return;
        }
        final long first = FrameExtension.longValue(frame.buffer(), frameOffset, FrameExtension.FIRST_FRAGMENT);
        final Part part = open.get(first);
        part.payloads().add(payload);
        if ((flags & FrameDescriptor.FLAG_END) != 0) {
            final byte[] whole = new byte[part.payloads().stream().mapToInt(p -> p.length).sum()];
            int at = 0;
            for (final byte[] bytes : part.payloads()) {
                System.arraycopy(bytes, 0, whole, at, bytes.length);
                at += bytes.length;
            }
            if (frame.transactionId() != part.transactionId()) {
                throw new AssertionError("first and last fragment have different transaction ids");
            }
            messages.add(new Message(frame.producerId(), frame.sequence(), flags, part.payloads().size(),
                part.transactionId(), whole));
            open.remove(first);
        }
    }
}
