/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.bench.rig.Transport;
import dev.peregrine.log.Durability;
import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.ArchivingMediaDriver;
import io.aeron.archive.checksum.Checksums;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.SourceLocation;
import io.aeron.archive.status.RecordingPos;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.agrona.concurrent.status.CountersReader;

/**
 * Aeron over shared memory, alone or recorded by its Archive, with Aeron's checksum or without. As its makers advise,
 * the driver's directory lies in shared memory and only the recording on disk, and where cores are few the driver runs on
 * one yielding thread. What is recorded counts as sent once the publication has taken it: its bounded window makes the
 * sender wait for the recording. Under {@link Durability#SYNC} the Archive forces each block that it writes, the sender
 * waits until its record is recorded, and readers get no more than that.
 */
final class AeronTransport implements Transport {
    /** What Aeron's checksums need of the JVM. */
    static final String CHECKSUM_FLAG = "--add-opens=java.base/java.util.zip=ALL-UNNAMED";

    private static final long WAIT_NS = 5_000;
    private static final int STREAM = 1001;
    private static final int TERM_LENGTH = 64 << 20;
    private static final String CHANNEL = "aeron:ipc?term-length=" + TERM_LENGTH;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final Path driverDirectory = BenchDirectory.createShared("aeron");
    private final Aeron aeron;
    private final Publication publication;
    private final boolean waits;
    private final int recorded;

    /** With a directory for the recordings, or null where nothing is recorded. */
    AeronTransport(final Path recordings, final boolean checksum, final Durability durability) {
        if (durability == Durability.INTERVAL) {
            throw new IllegalArgumentException("Aeron forces each block or none");
        }
        waits = recordings != null && durability == Durability.SYNC;
        final MediaDriver.Context driver = new MediaDriver.Context()
            .aeronDirectoryName(driverDirectory.toString())
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(YieldingIdleStrategy.INSTANCE)
            .warnIfDirectoryExists(false)
            .dirDeleteOnStart(true);
        if (recordings != null) {
            final Archive.Context archive = new Archive.Context()
                .aeronDirectoryName(driverDirectory.toString())
                .archiveDir(recordings.resolve("archive").toFile())
                .threadingMode(ArchiveThreadingMode.SHARED)
                .idleStrategySupplier(() -> YieldingIdleStrategy.INSTANCE)
                .controlChannelEnabled(false)
                .archiveClientContext(ipcClient())
                .recordingEventsEnabled(false)
                .replicationChannel("aeron:udp?endpoint=localhost:0")
                .fileSyncLevel(waits ? 1 : 0)
                .catalogFileSyncLevel(waits ? 1 : 0);
            if (checksum) {
                archive.recordChecksum(Checksums.crc32c());
            }
            closing.add(ArchivingMediaDriver.launch(driver.spiesSimulateConnection(true), archive));
        } else {
            closing.add(MediaDriver.launch(driver));
        }
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driverDirectory.toString()));
        closing.add(0, aeron);
        if (recordings != null) {
            final AeronArchive client = AeronArchive.connect(ipcClient().aeron(aeron));
            closing.add(0, client);
            client.startRecording(CHANNEL, STREAM, SourceLocation.LOCAL);
        }
        publication = aeron.addPublication(CHANNEL, STREAM);
        closing.add(0, publication);
        recorded = recordings == null ? CountersReader.NULL_COUNTER_ID : awaitRecording();
    }

    private int awaitRecording() {
        while (true) {
            final int counter =
                RecordingPos.findCounterIdBySession(aeron.countersReader(), publication.sessionId());
            if (counter != CountersReader.NULL_COUNTER_ID && publication.isConnected()) {
                return counter;
            }
            IDLE.idle();
        }
    }

    private long recordedPosition() {
        return aeron.countersReader().getCounterValue(recorded);
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
                        awaitRecorded(result);
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

    private void awaitRecorded(final long position) {
        while (waits && recordedPosition() < position) {
            LockSupport.parkNanos(WAIT_NS); // as ours do: there may be many
        }
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
                return waits ? subscription.imageAtIndex(0).boundedPoll(assembler, recordedPosition(), limit)
                    : subscription.poll(assembler, limit);
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
        BenchDirectory.delete(driverDirectory);
    }
}
