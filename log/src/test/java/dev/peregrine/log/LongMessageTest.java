/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.RecordTooLongException;
import dev.peregrine.core.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages of several frames, as they lie in the log. */
class LongMessageTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int FRAME = SEGMENT_LENGTH / 8 - FrameDescriptor.HEADER_LENGTH;

    @TempDir
    private Path directory;

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "long/0").withSegmentLength(SEGMENT_LENGTH);
    }

    private static byte[] content(final long producer, final long sequence, final int length) {
        final byte[] bytes = new byte[length];
        new Random(producer * 1_000 + sequence).nextBytes(bytes);
        return bytes;
    }

    private static long append(
        final Appender appender, final long producer, final long sequence, final int length,
        final RecordOptions options) {
        final int at = appender.claimMessage(length, options);
        appender.buffer().putBytes(at, content(producer, sequence, length));
        return appender.commit(1, 2, 3, 4, sequence);
    }

    @Property(tries = 60)
    void shouldKeepEveryMessageWhole(
        @ForAll @Size(max = 30) final List<@IntRange(max = 5 * FRAME) Integer> lengths, @ForAll final boolean numbered)
        throws IOException {
        final Path home = Files.createTempDirectory("peregrine-log");
        final PartitionConfig config = PartitionConfig.of(home, "any/0").withSegmentLength(SEGMENT_LENGTH);
        final RecordOptions options = new RecordOptions();
        try {
            long end = 0;
            try (PartitionLog log = PartitionLog.open(config); Appender appender = log.newAppender(5)) {
                for (int i = 0; i < lengths.size(); i++) {
                    options.clear();
                    end = append(
                        appender, 5, i, lengths.get(i), numbered ? options.transactionId(i).header("n", "v") : null);
                }
                assertThat(log.appendedPosition()).isEqualTo(end);
            }
            try (PartitionLog log = PartitionLog.open(config)) {
                final List<RawMessages.Message> read = RawMessages.read(log);
                assertThat(read).hasSameSizeAs(lengths);
                for (int i = 0; i < lengths.size(); i++) {
                    assertThat(read.get(i).payload()).isEqualTo(content(5, i, lengths.get(i)));
                    assertThat(read.get(i).transactionId()).isEqualTo(numbered ? i : -1);
                    assertThat(FrameDescriptor.countsAsRecord(read.get(i).flags())).isTrue();
                }
                assertThat(log.recovery().isClean()).isTrue();
            }
        } finally {
            org.agrona.IoUtil.delete(home.toFile(), true);
        }
    }

    @Test
    void shouldCutAtEveryLengthAroundTheFrames() {
        final RecordOptions options = new RecordOptions().transactionId(1);
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(5)) {
            int sequence = 0;
            for (int frames = 1; frames <= 2; frames++) {
                for (int length = frames * FRAME - 80; length <= frames * FRAME + 80; length++) {
                    append(appender, 5, sequence++, length, options);
                }
            }
            final List<RawMessages.Message> read = RawMessages.read(log);
            assertThat(read).hasSize(sequence);
            for (int i = 0; i < sequence; i++) {
                assertThat(read.get(i).payload()).isEqualTo(content(5, i, read.get(i).payload().length));
            }
        }
    }

    @Test
    void shouldTakeSixteenMebibytesAndNoByteMore() {
        final int longest = FrameDescriptor.MAX_MESSAGE_LENGTH;
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(5)) {
            append(appender, 5, 0, longest, null);
            final long end = log.appendedPosition();
            assertThatThrownBy(() -> appender.claimMessage(longest + 1, null))
                .isInstanceOf(RecordTooLongException.class).hasMessageContaining("long/0")
                .hasMessageContaining(String.valueOf(longest));
            final RecordOptions options = new RecordOptions().header("a", "b");
            assertThatThrownBy(() -> appender.claimMessage(longest, options))
                .isInstanceOf(RecordTooLongException.class);
            final UnsafeBuffer value = new UnsafeBuffer(new byte[FRAME]);
            options.header(new byte[1], value, 0, FRAME);
            assertThatThrownBy(() -> appender.claimMessage(10, options)).isInstanceOf(RecordTooLongException.class)
                .hasMessageContaining("headers");
            assertThatThrownBy(() -> appender.claimMessage(-1, null)).isInstanceOf(IllegalArgumentException.class);
            assertThat(log.appendedPosition()).isEqualTo(end);
            final List<RawMessages.Message> read = RawMessages.read(log);
            assertThat(read).hasSize(1);
            assertThat(read.get(0).payload()).isEqualTo(content(5, 0, longest));
        }
    }

    @Test
    void shouldClaimNothingInTheLogBeforeCommit() {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(5)) {
            appender.claimMessage(3 * FRAME, null);
            assertThat(appender.claimPosition()).isEqualTo(-1);
            assertThat(log.appendedPosition()).isZero();
            assertThatThrownBy(() -> appender.claimMessage(3 * FRAME, null)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> appender.claim(3)).isInstanceOf(IllegalStateException.class);
            appender.abort();
            assertThat(log.appendedPosition()).isZero();
            assertThatThrownBy(appender::abort).isInstanceOf(IllegalStateException.class);
            append(appender, 5, 0, 10, null);
            append(appender, 5, 1, 2 * FRAME, null);
            append(appender, 5, 2, 10, null);
            assertThat(RawMessages.read(log)).extracting(RawMessages.Message::fragments).containsExactly(1, 3, 1);
            appender.claimMessage(3 * FRAME, null);
        }
    }

    @Test
    @Timeout(120)
    void shouldMixFragmentsOfManyPublishers() throws Exception {
        final int publishers = 3;
        final int messages = 60;
        final ExecutorService threads = Executors.newFixedThreadPool(publishers);
        try (PartitionLog log = PartitionLog.open(config())) {
            final List<Future<?>> running = new ArrayList<>();
            for (int p = 0; p < publishers; p++) {
                final long producer = p;
                running.add(threads.submit(() -> {
                    try (Appender appender = log.newAppender(producer)) {
                        for (int i = 0; i < messages; i++) {
                            append(appender, producer, i, i % 5 * FRAME + i, null);
                        }
                    }
                }));
            }
            for (final Future<?> future : running) {
                future.get();
            }
            final int[] next = new int[publishers];
            for (final RawMessages.Message message : RawMessages.read(log)) {
                final int sequence = next[(int) message.producerId()]++;
                assertThat(message.sequence()).isEqualTo(sequence);
                assertThat(message.payload())
                    .isEqualTo(content(message.producerId(), sequence, sequence % 5 * FRAME + sequence));
            }
            assertThat(next).containsOnly(messages);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldNotPublishMessageThatWasCutOff() {
        final FaultyFiles files = new FaultyFiles();
        final RecordOptions options = new RecordOptions().transactionId(7);
        try (PartitionLog log = PartitionLog.open(config().withFiles(files)); Appender appender = log.newAppender(5)) {
            append(appender, 5, 0, 10, null);
            files.full(true);
            assertThatThrownBy(() -> append(appender, 5, 1, 30 * FRAME, options))
                .isInstanceOf(StorageException.class);
            files.full(false);
            assertThat(appender.lastTransactionId()).isEqualTo(-1);
            append(appender, 5, 2, 2 * FRAME, options);
            assertThat(RawMessages.read(log)).extracting(RawMessages.Message::sequence).containsExactly(0L, 2L);
        }
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.recovery().isClean()).isTrue();
            assertThat(RawMessages.read(log)).extracting(RawMessages.Message::sequence).containsExactly(0L, 2L);
        }
    }
}
