/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppenderTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = SEGMENT_LENGTH / 8 - FrameDescriptor.HEADER_LENGTH;

    @TempDir
    private Path directory;

    private PartitionConfig config() {
        return PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH);
    }

    @Test
    void shouldTakePayloadsUpToTheLongest() {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(3)) {
            final UnsafeBuffer payload = new UnsafeBuffer(new byte[LONGEST + 1]);
            payload.setMemory(0, LONGEST + 1, (byte) 42);
            for (int i = 0; i < 40; i++) {
                appender.append(1, 2, 3, 4, i, payload, 0, i % 2 == 0 ? LONGEST : 0);
            }
            assertThatThrownBy(() -> appender.claim(LONGEST + 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(LONGEST)).hasMessageContaining("segment-length");
            assertThatThrownBy(() -> appender.claim(-1)).isInstanceOf(IllegalArgumentException.class);
            final int[] longOnes = {0};
            try (PartitionReader reader = log.newReader(0)) {
                assertThat(reader.poll(frame -> {
                    longOnes[0] += frame.payloadLength() == LONGEST ? 1 : 0;
                    if (frame.payloadLength() > 0) {
                        assertThat(frame.buffer().getByte(frame.payloadOffset() + LONGEST - 1)).isEqualTo((byte) 42);
                    }
                }, 100)).isEqualTo(40);
            }
            assertThat(longOnes[0]).isEqualTo(20);
        }
    }

    @Test
    void shouldFillSegmentToItsLastByte() {
        final int payload = 1024 - FrameDescriptor.HEADER_LENGTH;
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(3)) {
            final UnsafeBuffer bytes = new UnsafeBuffer(new byte[payload]);
            for (int i = 0; i < 128; i++) {
                assertThat(appender.append(1, 1, 0, 0, i, bytes, 0, payload)).isEqualTo((i + 1) * 1024L);
            }
            assertThat(log.verify()).isEqualTo(128);
        }
    }

    @Test
    void shouldPadBothSidesOfTheBorder() {
        try (PartitionLog log = PartitionLog.open(config()); Appender appender = log.newAppender(3)) {
            final UnsafeBuffer bytes = new UnsafeBuffer(new byte[LONGEST]);
            for (int i = 0; i < 7; i++) {
                appender.append(1, 1, 0, 0, i, bytes, 0, LONGEST);
            }
            appender.append(1, 1, 0, 0, 7, bytes, 0, 8);
            appender.claim(LONGEST);
            assertThat(appender.claimPosition()).isGreaterThan(SEGMENT_LENGTH);
            appender.commit(1, 1, 0, 0, 8);
            try (PartitionReader reader = log.newReader(0)) {
                assertThat(reader.poll(frame -> { }, 100)).isEqualTo(9);
                assertThat(reader.position()).isEqualTo(log.appendedPosition());
            }
        }
    }

    @Test
    void shouldHideOpenClaimAndWhatLiesBehindItUntilItEnds() {
        try (PartitionLog log = PartitionLog.open(config());
            Appender slow = log.newAppender(1); Appender quick = log.newAppender(2);
            PartitionReader reader = log.newReader(0)) {
            final int at = slow.claim(16);
            Records.append(quick, 2, 0, 64);
            assertThat(reader.poll(frame -> { }, 10)).isZero();
            Records.write(slow, at, 1, 0, 16);
            slow.commit(7, 9, 1, 0, 0);
            assertThat(reader.poll(frame -> { }, 10)).isEqualTo(2);
            slow.claim(16);
            Records.append(quick, 2, 1, 64);
            assertThat(reader.poll(frame -> { }, 10)).isZero();
            slow.close();
            assertThat(reader.poll(frame -> { }, 10)).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseClaimsAndCommitsOutOfTurn() {
        final PartitionLog log = PartitionLog.open(config());
        final Appender appender = log.newAppender(1);
        assertThatThrownBy(() -> appender.commit(1, 1, 0, 0, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(appender::abort).isInstanceOf(IllegalStateException.class);
        appender.claim(8);
        assertThatThrownBy(() -> appender.claim(8)).isInstanceOf(IllegalStateException.class);
        appender.abort();
        Records.append(appender, 1, 0, 64);
        assertThat(Records.readAll(log, 0, 64)).isEqualTo(Map.of(1L, List.of(0L)));
        log.close();
        assertThatThrownBy(() -> appender.claim(8)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> log.newAppender(2)).isInstanceOf(ClosedException.class);
    }

    @Test
    void shouldRefuseImpossibleSegmentLengths() {
        for (final int length : new int[] {0, -1, 1000, 65_537, 32 << 10}) {
            assertThatThrownBy(() -> config().withSegmentLength(length)).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("power of two");
        }
    }

    @Property(tries = 50)
    void shouldReadBackAnyLengths(@ForAll @Size(max = 200) final List<@IntRange(max = LONGEST) Integer> lengths)
        throws java.io.IOException {
        final Path home = java.nio.file.Files.createTempDirectory("peregrine-log");
        final PartitionConfig config = PartitionConfig.of(home, "any/0").withSegmentLength(SEGMENT_LENGTH);
        try {
            try (PartitionLog log = PartitionLog.open(config); Appender appender = log.newAppender(5)) {
                final UnsafeBuffer bytes = new UnsafeBuffer(new byte[LONGEST]);
                for (int i = 0; i < lengths.size(); i++) {
                    bytes.setMemory(0, LONGEST, (byte) i);
                    appender.append(1, 1, i, i, i, bytes, 0, lengths.get(i));
                }
            }
            try (PartitionLog log = PartitionLog.open(config); PartitionReader reader = log.newReader(0)) {
                final int[] index = {0};
                reader.poll(frame -> {
                    assertThat(frame.payloadLength()).isEqualTo(lengths.get(index[0]));
                    for (int i = 0; i < frame.payloadLength(); i += 97) {
                        assertThat(frame.buffer().getByte(frame.payloadOffset() + i)).isEqualTo((byte) index[0]);
                    }
                    assertThat(frame.offset()).isEqualTo(index[0]);
                    index[0]++;
                }, Integer.MAX_VALUE);
                assertThat(index[0]).isEqualTo(lengths.size());
                assertThat(log.recovery().isClean()).isTrue();
            }
        } finally {
            org.agrona.IoUtil.delete(home.toFile(), true);
        }
    }
}
