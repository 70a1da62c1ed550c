/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Transport;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.PointerBytesStore;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Chronicle Queue in its defaults, written and read as raw bytes. It has no checksums. */
final class ChronicleQueueTransport implements Transport {
    private static final int BLOCK_SIZE = 64 << 20;

    private final SingleChronicleQueue queue;

    ChronicleQueueTransport(final Path directory) {
        queue = SingleChronicleQueueBuilder.binary(directory.toFile()).blockSize(BLOCK_SIZE).build();
    }

    @Override
    public Sender newSender() {
        final ExcerptAppender appender = queue.createAppender();
        appender.singleThreadedCheckDisabled(true); // the harness closes it from another thread
        final PointerBytesStore source = new PointerBytesStore(); // the payload lies off-heap
        return new Sender() {
            @Override
            public void send(final DirectBuffer payload, final int length) {
                source.set(payload.addressOffset(), length);
                try (DocumentContext context = appender.writingDocument()) {
                    context.wire().bytes().write(source);
                }
            }

            @Override
            public void close() {
                appender.close();
            }
        };
    }

    @Override
    public Receiver newReceiver() {
        final ExcerptTailer tailer = queue.createTailer().toStart();
        tailer.singleThreadedCheckDisabled(true);
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        return new Receiver() {
            @Override
            public int poll(final Payloads handler, final int limit) {
                int work = 0;
                while (work < limit) {
                    try (DocumentContext context = tailer.readingDocument()) {
                        if (!context.isPresent()) {
                            break;
                        }
                        final Bytes<?> bytes = context.wire().bytes();
                        final int length = (int) bytes.readRemaining();
                        view.wrap(bytes.addressForRead(bytes.readPosition()), length);
                        handler.onPayload(view, 0, length);
                        work++;
                    }
                }
                return work;
            }

            @Override
            public void close() {
                tailer.close();
            }
        };
    }

    @Override
    public void close() {
        queue.close();
    }
}
