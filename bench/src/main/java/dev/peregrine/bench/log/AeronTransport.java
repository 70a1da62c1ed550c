/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Transport;
import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.ArchivingMediaDriver;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.SourceLocation;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * Aeron over shared memory, alone or recorded by its Archive. The driver runs on one yielding thread, which is the best
 * it can do on two cores. What is recorded counts as sent once the publication has taken it: its bounded window makes
 * the sender wait for the recording.
 */
final class AeronTransport implements Transport {
    private static final int STREAM = 1001;
    private static final int TERM_LENGTH = 64 << 20;
    private static final String CHANNEL = "aeron:ipc?term-length=" + TERM_LENGTH;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final Aeron aeron;
    private final Publication publication;

    AeronTransport(final Path directory, final boolean recorded) {
        final String driverDirectory = directory.resolve("driver").toString();
        final MediaDriver.Context driver = new MediaDriver.Context()
            .aeronDirectoryName(driverDirectory)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(YieldingIdleStrategy.INSTANCE)
            .warnIfDirectoryExists(false)
            .dirDeleteOnStart(true);
        if (recorded) {
            final Archive.Context archive = new Archive.Context()
                .aeronDirectoryName(driverDirectory)
                .archiveDir(directory.resolve("archive").toFile())
                .threadingMode(ArchiveThreadingMode.SHARED)
                .idleStrategySupplier(() -> YieldingIdleStrategy.INSTANCE)
                .controlChannelEnabled(false)
                .archiveClientContext(ipcClient())
                .recordingEventsEnabled(false)
                .replicationChannel("aeron:udp?endpoint=localhost:0");
            closing.add(ArchivingMediaDriver.launch(driver.spiesSimulateConnection(true), archive));
        } else {
            closing.add(MediaDriver.launch(driver));
        }
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driverDirectory));
        closing.add(0, aeron);
        if (recorded) {
            final AeronArchive client = AeronArchive.connect(ipcClient().aeron(aeron));
            closing.add(0, client);
            client.startRecording(CHANNEL, STREAM, SourceLocation.LOCAL);
        }
        publication = aeron.addPublication(CHANNEL, STREAM);
        closing.add(0, publication);
        if (recorded) {
            while (!publication.isConnected()) {
                IDLE.idle();
            }
        }
    }

    private static AeronArchive.Context ipcClient() {
        return new AeronArchive.Context()
            .controlRequestChannel(CommonContext.IPC_CHANNEL)
            .controlResponseChannel(CommonContext.IPC_CHANNEL);
    }

    @Override
    public Sender newSender() {
        return new Sender() {
            @Override
            public void send(final DirectBuffer payload, final int length) {
                while (true) {
                    final long result = publication.offer(payload, 0, length);
                    if (result > 0) {
                        return;
                    }
                    if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
                        throw new IllegalStateException("Aeron refuses: " + Publication.errorString(result));
                    }
                    IDLE.idle();
                }
            }
        };
    }

    @Override
    public Receiver newReceiver() {
        final Subscription subscription = aeron.addSubscription(CHANNEL, STREAM);
        while (!subscription.isConnected()) {
            IDLE.idle();
        }
        return new Receiver() {
            private Payloads to;
            private final FragmentAssembler assembler = new FragmentAssembler(
                (buffer, offset, length, header) -> to.onPayload(buffer, offset, length));

            @Override
            public int poll(final Payloads handler, final int limit) {
                to = handler;
                return subscription.poll(assembler, limit);
            }

            @Override
            public void close() {
                subscription.close();
            }
        };
    }

    @Override
    public void close() {
        CloseHelper.closeAll(closing);
    }
}
