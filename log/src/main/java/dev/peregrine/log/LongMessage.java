/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.RecordTooLongException;
import org.agrona.BitUtil;
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

    /** Bytes of extension and payload. */
    int length() {
        return length;
    }

    int extensionLength() {
        return extensionLength;
    }

    long transactionId() {
        return transactionId;
    }

    /** Bytes of extension of its last fragment. */
    int lastExtensionLength() {
        return FrameExtension.LONG_ENTRY_LENGTH * (transactionId < 0 ? 1 : 2);
    }

    /** Writes the extension of a fragment that is not the first; returns the offset behind it. */
    int writeExtension(final UnsafeBuffer target, final int offset, final long first, final boolean last) {
        int at = FrameExtension.putLong(target, offset, FrameExtension.FIRST_FRAGMENT, first);
        if (last && transactionId >= 0) {
            at = FrameExtension.putLong(target, at, FrameExtension.TRANSACTION_ID, transactionId);
        }
        return at;
    }
}
