/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.RecordTooLongException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.error.TransactionIdOutOfOrderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordBatchTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = SEGMENT_LENGTH / 8 - FrameDescriptor.HEADER_LENGTH;

    @TempDir
    private Path directory;

    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[LONGEST + 1]);

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "batch/0").withSegmentLength(SEGMENT_LENGTH);
    }

    private boolean add(final RecordBatch batch, final long mark, final int length) {
        payload.setMemory(0, length, (byte) mark);
        return batch.add(mark, 1, 2, mark, payload, 0, length);
    }

    private static List<Long> marks(final PartitionLog log) {
        final List<Long> marks = new ArrayList<>();
        try (PartitionReader reader = log.newReader(0)) {
            reader.poll(frame -> {
                for (int i = 0; i < frame.payloadLength(); i++) {
                    assertThat(frame.buffer().getByte(frame.payloadOffset() + i)).isEqualTo((byte) frame.keyHash());
                }
                assertThat(frame.timestampNs()).isEqualTo(frame.keyHash());
                assertThat(frame.producerId()).isEqualTo(9);
                assertThat(frame.templateId()).isEqualTo(2);
                assertThat(frame.sequence()).isEqualTo(frame.offset());
                marks.add(frame.keyHash());
            }, Integer.MAX_VALUE);
        }
        return marks;
    }

    @Property(tries = 60)
    void shouldReadBackAnyBatches(@ForAll @Size(max = 12) final List<@Size(min = 1, max = 40) List<@IntRange(max = 900)
        Integer>> batches, @ForAll @IntRange(min = 1_000, max = 40_000) final int capacity) throws IOException {
        final Path home = Files.createTempDirectory("peregrine-log");
        final PartitionConfig config = PartitionConfig.of(home, "any/0").withSegmentLength(SEGMENT_LENGTH);
        final List<Long> expected = new ArrayList<>();
        try {
            try (PartitionLog log = PartitionLog.open(config); Appender appender = log.newAppender(9)) {
                final RecordBatch batch = new RecordBatch(capacity);
                for (final List<Integer> lengths : batches) {
                    batch.clear();
                    final long first = expected.size();
                    for (final int length : lengths) {
                        if (add(batch, expected.size(), length)) {
                            expected.add((long) expected.size());
                        }
                    }
                    final long before = log.appendedPosition();
                    final long end = appender.append(batch, 0, first);
                    assertThat(end).isEqualTo(log.appendedPosition());
                    assertThat(end - before).isGreaterThanOrEqualTo(batch.length());
                    assertThat(batch.published()).isEqualTo(batch.size());
                }
                assertThat(marks(log)).isEqualTo(expected);
            }
            try (PartitionLog log = PartitionLog.open(config)) {
                assertThat(log.recovery().isClean()).isTrue();
                assertThat(log.verify()).isEqualTo(expected.size());
                assertThat(marks(log)).isEqualTo(expected);
            }
        } finally {
            org.agrona.IoUtil.delete(home.toFile(), true);
        }
    }

    @Test
    void shouldTakeOneClaimForBatch() {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(9);
            PartitionReader reader = log.newReader(0)) {
            final RecordBatch batch = new RecordBatch(4_096);
            for (int i = 0; i < 10; i++) {
                assertThat(add(batch, i, 100)).isTrue();
            }
            assertThat(batch.size()).isEqualTo(10);
            assertThat(batch.length()).isEqualTo(10 * FrameDescriptor.alignedLength(100));
            appender.append(batch, 0, 0);
            assertThat(log.appendedPosition()).isEqualTo(batch.length());
            assertThat(reader.poll(frame -> { }, 100)).isEqualTo(10);
            assertThatThrownBy(() -> appender.append(batch.clear(), 0, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no record 0");
        }
    }

    @Test
    void shouldSayWhenItIsFullAndGoOnAfterClear() {
        final RecordBatch batch = new RecordBatch(208);
        assertThat(add(batch, 1, 161)).isFalse();
        assertThat(add(batch, 1, 100)).isTrue();
        assertThat(add(batch, 1, 1)).isFalse();
        assertThat(batch.size()).isEqualTo(1);
        batch.clear();
        assertThat(add(batch, 1, 160)).isTrue();
        batch.clear();
        batch.claim(10, null);
        assertThatThrownBy(() -> batch.claim(10, null)).isInstanceOf(IllegalStateException.class);
        batch.clear();
        assertThatThrownBy(() -> batch.commit(0, 0, 0, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> batch.claim(-1, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RecordBatch(10)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseBatchWithTooLongRecordAsWhole() {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(9)) {
            final RecordBatch batch = new RecordBatch(1 << 20);
            add(batch, 0, 10);
            add(batch, 1, LONGEST + 1);
            assertThatThrownBy(() -> appender.append(batch, 0, 0)).isInstanceOf(RecordTooLongException.class)
                .hasMessageContaining("batch/0");
            assertThat(log.appendedPosition()).isZero();
            batch.clear();
            add(batch, 0, LONGEST);
            add(batch, 1, LONGEST);
            appender.append(batch, 0, 0);
            assertThat(marks(log)).containsExactly(0L, 1L);
        }
    }

    @Test
    void shouldHoldTransactionIdsInOrderWithinAndBeforeBatch() {
        final RecordOptions options = new RecordOptions();
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(9)) {
            final RecordBatch batch = new RecordBatch(4_096);
            assertThat(batch.add(1, 1, 2, 1, payload, 0, 8, options.transactionId(5))).isTrue();
            assertThatThrownBy(() -> batch.add(1, 1, 2, 1, payload, 0, 8, options.transactionId(4)))
                .isInstanceOf(TransactionIdOutOfOrderException.class);
            add(batch, 2, 8);
            batch.add(3, 1, 2, 3, payload, 0, 8, options.transactionId(7));
            appender.append(batch, 0, 0);
            assertThat(appender.lastTransactionId()).isEqualTo(7);
            final long end = log.appendedPosition();
            assertThatThrownBy(() -> appender.append(batch, 0, 3))
                .isInstanceOf(TransactionIdOutOfOrderException.class);
            assertThat(log.appendedPosition()).isEqualTo(end);
            appender.append(batch, 2, 3); // the last record alone is in order
            assertThat(log.verify()).isEqualTo(4);
        }
        try (PartitionLog log = PartitionLog.open(config())) {
            assertThat(log.lastTransactionId(9)).isEqualTo(7);
            assertThat(log.lastSequence(9)).isEqualTo(3);
        }
    }

    @Test
    void shouldTellHowFarItCameWhenTheDiskIsFull() {
        final FaultyFiles files = new FaultyFiles();
        try (PartitionLog log = PartitionLog.open(config().withFiles(files)); Appender appender = log.newAppender(9)) {
            final RecordBatch batch = new RecordBatch(4 * SEGMENT_LENGTH);
            int records = 0;
            while (add(batch, records, 100)) {
                records++;
            }
            log.doHousekeeping();
            files.full(true);
            assertThatThrownBy(() -> appender.append(batch, 0, 0)).isInstanceOf(StorageException.class);
            final int published = batch.published();
            assertThat(marks(log)).hasSize(published);
            assertThat(published).isBetween(1, records - 1);
            files.full(false);
            appender.append(batch, published, published);
            assertThat(marks(log)).hasSize(records);
            assertThat(batch.published()).isEqualTo(records);
        }
    }
}
