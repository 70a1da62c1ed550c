/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.RecordTooLongException;
import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A message that is longer than a frame, while it is being written: extension and payload one behind the other in a
 * buffer of its own, which is kept for the next one. At its commit the appender cuts it into fragments. For one thread.
 */
final class LongMessage {
    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private int length;
    private int extensionLength;
    private long transactionId;

    /** Takes room; returns the offset of the payload in {@link #buffer()}. */
    int begin(final PartitionConfig config, final int payloadLength, final RecordOptions options) {
        final int extension = options == null ? 0 : options.extensionLength();
        if (payloadLength > FrameDescriptor.MAX_MESSAGE_LENGTH - extension) {
            throw new RecordTooLongException("a record of " + (payloadLength + (long) extension)
                + " bytes is too long for log " + config.name() + ": the longest is "
                + FrameDescriptor.MAX_MESSAGE_LENGTH + " with key and headers; publish it in parts");
        }
        if (extension > config.maxPayloadLength()) {
            throw new RecordTooLongException("key and headers of " + extension + " bytes are too long for log "
                + config.name() + ": they must fit into one frame, at most " + config.maxPayloadLength()
                + " bytes (an eighth of segment-length); raise segment-length");
        }
        length = extension + payloadLength;
        extensionLength = extension;
        if (buffer.capacity() < length) {
            // never above the longest: that is a power of two
            buffer.wrap(new byte[BitUtil.findNextPositivePowerOfTwo(length)]);
        }
        transactionId = FrameExtension.NO_TRANSACTION_ID;
        if (options != null) {
            options.write(buffer, 0);
            transactionId = options.transactionId();
        }
        return extension;
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    /** Cuts the message into as many frames as it needs; the last of them publishes it. Returns the position behind it. */
    long commit(
        final Appender appender, final int schemaId, final int templateId, final long keyHash, final long timestampNs,
        final long sequence, final byte flags) {
        final int longest = appender.maxPayloadLength();
        final byte fragment = (byte) (flags | FrameDescriptor.FLAG_FRAGMENT);
        final int begin = appender.claim(longest);
        appender.buffer().putBytes(begin, buffer, 0, longest);
        appender.extend(extensionLength, FrameExtension.NO_TRANSACTION_ID);
        final long first = appender.claimPosition();
        appender.beginMessage(first);
        long end = first;
        try {
            end = appender.commitFrame(
                schemaId, templateId, keyHash, timestampNs, sequence, (byte) (fragment | FrameDescriptor.FLAG_BEGIN));
            end = commitRest(appender, first, longest, schemaId, templateId, keyHash, timestampNs, sequence, fragment);
        } finally {
            appender.finishMessage(end);
        }
        return end;
    }

    private long commitRest(
        final Appender appender, final long first, final int longest, final int schemaId, final int templateId,
        final long keyHash, final long timestampNs, final long sequence, final byte fragment) {
        long end = first;
        int written = longest;
        boolean last = false;
        while (!last) {
            last = length - written <= longest - lastExtensionLength();
            final int extension = last ? lastExtensionLength() : FrameExtension.LONG_ENTRY_LENGTH;
            final int part = Math.min(length - written, longest - extension);
            final int at = appender.claim(extension + part);
            writeExtension(appender.buffer(), at, first, last);
            appender.buffer().putBytes(at + extension, buffer, written, part);
            appender.extend(extension, last ? transactionId : FrameExtension.NO_TRANSACTION_ID);
            end = appender.commitFrame(schemaId, templateId, keyHash, timestampNs, sequence,
                last ? (byte) (fragment | FrameDescriptor.FLAG_END) : fragment);
            written += part;
        }
        return end;
    }

    private int lastExtensionLength() {
        return FrameExtension.LONG_ENTRY_LENGTH * (transactionId < 0 ? 1 : 2);
    }

    private void writeExtension(
        final MutableDirectBuffer target, final int offset, final long first, final boolean last) {
        final int at = FrameExtension.putLong(target, offset, FrameExtension.FIRST_FRAGMENT, first);
        if (last && transactionId >= 0) {
            FrameExtension.putLong(target, at, FrameExtension.TRANSACTION_ID, transactionId);
        }
    }
}
