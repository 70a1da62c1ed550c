/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Transport;
import dev.peregrine.log.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.apache.distributedlog.DLSN;
import org.apache.distributedlog.DistributedLogConfiguration;
import org.apache.distributedlog.LogRecord;
import org.apache.distributedlog.LogRecordWithDLSN;
import org.apache.distributedlog.api.AsyncLogWriter;
import org.apache.distributedlog.api.DistributedLogManager;
import org.apache.distributedlog.api.LogReader;
import org.apache.distributedlog.api.namespace.Namespace;
import org.apache.distributedlog.api.namespace.NamespaceBuilder;

/**
 * A log of DistributedLog on one bookie, with BookKeeper's checksums. A log has one writer, which all senders share. It
 * gathers batches of up to 128 KiB for at most 5 ms, and a sender has at most 4 MiB that are not acknowledged. Under
 * {@link Durability#SYNC} it sends each record at once, the bookie forces what has come together, and senders wait for
 * that. There is no interval.
 */
final class DistributedLogTransport implements Transport {
    private static final int BATCH = 128 << 10;
    private static final int GATHER_MS = 5;
    private static final int UNACKNOWLEDGED = 4 << 20;

    private final boolean sync;
    private final String name;
    private final Namespace namespace;
    private final DistributedLogManager manager;
    private final AsyncLogWriter writer;
    /** Transaction ids must not decrease; guarded by the writer. */
    private long transactionId;

    /** The directory's name is the log's. */
    DistributedLogTransport(final Path directory, final Durability durability) {
        if (durability == Durability.INTERVAL) {
            throw new IllegalArgumentException("DistributedLog has no interval");
        }
        this.sync = durability == Durability.SYNC;
        this.name = directory.getFileName().toString();
        final DistributedLogConfiguration configuration = new DistributedLogConfiguration();
        configuration.setEnsembleSize(1).setWriteQuorumSize(1).setAckQuorumSize(1);
        configuration.setImmediateFlushEnabled(sync);
        configuration.setOutputBufferSize(sync ? 0 : BATCH);
        configuration.setPeriodicFlushFrequencyMilliSeconds(sync ? 0 : GATHER_MS);
        try {
            namespace = NamespaceBuilder.newBuilder().conf(configuration).uri(BookKeeperServer.namespace(sync))
                .clientId("bench").build();
            namespace.createLog(name);
            manager = namespace.openLog(name);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        writer = manager.openAsyncLogWriter().join();
    }

    private CompletableFuture<DLSN> write(final DirectBuffer payload, final int length) {
        final byte[] copy = new byte[length]; // the writer keeps it
        payload.getBytes(0, copy);
        synchronized (writer) {
            return writer.write(new LogRecord(++transactionId, copy));
        }
    }

    @Override
    public Sender newSender() {
        return sync ? (payload, length) -> write(payload, length).join() : new GatheringSender();
    }

    /** Goes on while its records are on their way. */
    private final class GatheringSender implements Sender {
        private final Semaphore room = new Semaphore(UNACKNOWLEDGED);
        private volatile Throwable failure;

        @Override
        public void send(final DirectBuffer payload, final int length) {
            room.acquireUninterruptibly(length);
            write(payload, length).whenComplete((position, error) -> {
                if (error != null) {
                    failure = error;
                }
                room.release(length);
            });
        }

        @Override
        public void flush() {
            room.acquireUninterruptibly(UNACKNOWLEDGED);
            room.release(UNACKNOWLEDGED);
            if (failure != null) {
                throw new CompletionException("DistributedLog refuses", failure);
            }
        }

        @Override
        public void close() {
            flush();
        }
    }

    @Override
    public Receiver newReceiver() {
        final LogReader reader;
        try {
            reader = manager.openLogReader(DLSN.InitialDLSN);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Receiver() {
            private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

            @Override
            public int poll(final Payloads handler, final int limit) {
                try {
                    int work = 0;
                    while (work < limit) {
                        final LogRecordWithDLSN record = reader.readNext(true);
                        if (record == null) {
                            break;
                        }
                        view.wrap(record.getPayload());
                        handler.onPayload(view, 0, view.capacity());
                        work++;
                    }
                    return work;
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void close() {
                reader.asyncClose().join();
            }
        };
    }

    @Override
    public void close() {
        writer.asyncClose().join();
        try {
            manager.close();
            namespace.deleteLog(name);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        namespace.close();
    }
}
