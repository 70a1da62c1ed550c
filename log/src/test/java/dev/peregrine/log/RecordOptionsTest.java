/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.TransactionIdOutOfOrderException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordOptionsTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = SEGMENT_LENGTH / 8 - FrameDescriptor.HEADER_LENGTH;

    @TempDir
    private Path directory;

    private final RecordOptions options = new RecordOptions();
    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[LONGEST]);

    private PartitionLog open() {
        return PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH));
    }

    private long append(final Appender appender, final long sequence, final int length) {
        final int at = appender.claim(length, options);
        appender.buffer().putBytes(at, payload, 0, length);
        return appender.commit(1, 2, 3, 4, sequence);
    }

    private static String text(final Frame frame) {
        final StringBuilder text = new StringBuilder();
        text.append(frame.transactionId()).append(' ');
        text.append(frame.keyLength() < 0
            ? "none" : frame.buffer().getStringWithoutLengthUtf8(frame.keyOffset(), frame.keyLength()));
        frame.forEachHeader((buffer, nameOffset, nameLength, valueOffset, valueLength) ->
            text.append(' ').append(buffer.getStringWithoutLengthUtf8(nameOffset, nameLength)).append('=')
                .append(buffer.getStringWithoutLengthUtf8(valueOffset, valueLength)));
        return text.append(' ').append(frame.payloadLength()).toString();
    }

    private static List<String> read(final PartitionLog log) {
        final List<String> read = new ArrayList<>();
        try (PartitionReader reader = log.newReader(0)) {
            reader.poll(frame -> {
                assertThat(frame.templateId()).isEqualTo(2);
                assertThat(frame.sequence()).isEqualTo(frame.offset());
                read.add(text(frame));
            }, 1_000);
        }
        return read;
    }

    @Test
    void shouldCarryKeyHeadersAndTransactionIdOverRestart() {
        final UnsafeBuffer key = new UnsafeBuffer("user-7".getBytes(StandardCharsets.UTF_8));
        try (PartitionLog log = open(); Appender appender = log.newAppender(9)) {
            options.transactionId(5).key(key, 0, key.capacity()).header("a", "1").header("b", "").header("a", "ü");
            append(appender, 0, 10);
            append(appender, 1, 0);
            options.clear();
            append(appender, 2, 3);
            appender.append(1, 2, 3, 4, 3, payload, 0, 7);
            options.key(key, 0, 0);
            append(appender, 4, LONGEST - options.extensionLength());
            options.clear().transactionId(0);
            appender.claim(3, new RecordOptions().header("x", "y"));
            appender.abort();
            appender.append(1, 2, 3, 4, 5, payload, 0, 8);
        }
        try (PartitionLog log = open()) {
            assertThat(log.verify()).isEqualTo(6);
            assertThat(read(log)).containsExactly("5 user-7 a=1 b= a=ü 10", "5 user-7 a=1 b= a=ü 0", "-1 none 3",
                "-1 none 7", "-1  " + (LONGEST - 8), "-1 none 8");
        }
    }

    @Test
    void shouldRefuseTransactionIdThatFalls() {
        try (PartitionLog log = open(); Appender appender = log.newAppender(9); Appender other = log.newAppender(8)) {
            options.transactionId(5);
            append(appender, 0, 8);
            append(appender, 1, 8);
            options.transactionId(4);
            final long before = log.appendedPosition();
            assertThatThrownBy(() -> appender.claim(8, options)).isInstanceOf(TransactionIdOutOfOrderException.class)
                .hasMessageContaining("test/0").hasMessageContaining("4").hasMessageContaining("5");
            assertThat(log.appendedPosition()).isEqualTo(before);
            append(other, 0, 8);
            options.transactionId(9);
            appender.claim(8, options);
            appender.abort();
            options.transactionId(7); // what was given up does not count
            append(appender, 2, 8);
            assertThat(appender.lastTransactionId()).isEqualTo(7);
        }
    }

    @Test
    void shouldRememberTransactionIdsOverRestart() {
        try (PartitionLog log = open()) {
            try (Appender appender = log.newAppender(9)) {
                options.transactionId(100);
                append(appender, 0, 8);
                for (int i = 1; i < 100; i++) {
                    appender.append(1, 2, 3, 4, i, payload, 0, LONGEST); // segments without one
                }
            }
            try (Appender again = log.newAppender(9)) {
                assertThat(again.lastTransactionId()).isEqualTo(100);
            }
        }
        try (PartitionLog log = open(); Appender appender = log.newAppender(9)) {
            options.transactionId(99);
            assertThatThrownBy(() -> appender.claim(8, options)).isInstanceOf(TransactionIdOutOfOrderException.class);
            options.transactionId(100);
            append(appender, 100, 8);
            assertThat(log.lastTransactionId(8)).isEqualTo(-1);
            assertThat(log.lastTransactionId(0)).isEqualTo(-1);
        }
    }

    @Test
    void shouldRefuseWhatIsTooLong() {
        try (PartitionLog log = open(); Appender appender = log.newAppender(9)) {
            options.header("name", "value");
            assertThatThrownBy(() -> appender.claim(LONGEST, options)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> appender.claim(-1, options)).isInstanceOf(IllegalArgumentException.class);
            final UnsafeBuffer longKey = new UnsafeBuffer(new byte[FrameExtension.MAX_VALUE_LENGTH + 1]);
            assertThatThrownBy(() -> options.key(longKey, 0, longKey.capacity()))
                .isInstanceOf(IllegalArgumentException.class);
            options.key(longKey, 0, 10);
            assertThatThrownBy(() -> options.key(longKey, 0, 10)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> options.transactionId(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> {
                for (int i = 0; i < 9; i++) {
                    options.header(new byte[] {1}, longKey, 0, 64_000);
                }
            }).isInstanceOf(IllegalArgumentException.class);
            assertThat(log.appendedPosition()).isZero();
        }
    }
}
