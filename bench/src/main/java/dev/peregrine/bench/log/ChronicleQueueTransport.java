/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Transport;
import dev.peregrine.log.Durability;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.PointerBytesStore;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Chronicle Queue in its defaults, written and read as raw bytes. It has no checksums. Where records are to be durable,
 * each appender forces its own: after each of them, or when the interval is over. Readers do not wait for that.
 */
final class ChronicleQueueTransport implements Transport {
    private static final int BLOCK_SIZE = 64 << 20;

    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final SingleChronicleQueue queue;
    private final Durability durability;

    ChronicleQueueTransport(final Path directory, final Durability durability) {
        this.durability = durability;
        queue = SingleChronicleQueueBuilder.binary(directory.toFile()).blockSize(BLOCK_SIZE)
            .syncMode(durability == Durability.OS ? SyncMode.NONE : SyncMode.SYNC).build();
    }

    @Override
    public Sender newSender() {
        final ExcerptAppender appender = queue.createAppender();
        appender.singleThreadedCheckDisabled(true); // the harness closes it from another thread
        final PointerBytesStore source = new PointerBytesStore(); // the payload lies off-heap
        return new Sender() {
            private long lastSync = System.nanoTime();

            @Override
            public void send(final DirectBuffer payload, final int length) {
                source.set(payload.addressOffset(), length);
                try (DocumentContext context = appender.writingDocument()) {
                    context.wire().bytes().write(source);
                }
                if (durability == Durability.SYNC) {
                    appender.sync();
                } else if (durability == Durability.INTERVAL && System.nanoTime() - lastSync > INTERVAL_NS) {
                    appender.sync();
                    lastSync = System.nanoTime();
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
        return newReceiver(queue.createTailer().toStart());
    }

    @Override
    public Receiver newTail() {
        return newReceiver(queue.createTailer().toEnd());
    }

    private static Receiver newReceiver(final ExcerptTailer tailer) {
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
