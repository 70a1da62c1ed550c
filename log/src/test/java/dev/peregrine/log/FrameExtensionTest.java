/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class FrameExtensionTest {
    private static final int AT = 32;
    private static final int PAYLOAD = 11;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[1 << 20]);

    private static UnsafeBuffer bytes(final String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] utf8(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Ends the extension where it has come to; returns the length of the frame. */
    private int end(final int at) {
        final int length = at - AT - FrameDescriptor.HEADER_LENGTH;
        assertThat(length % Long.BYTES).isZero();
        buffer.putShort(AT + FrameDescriptor.EXTENSION_WORDS_OFFSET, (short) (length >> 3));
        return FrameDescriptor.HEADER_LENGTH + length + PAYLOAD;
    }

    @Property(tries = 200)
    void shouldReadBackWhatWasWritten(
        @ForAll @IntRange(max = 40) final int transaction, @ForAll @StringLength(max = 30) final String key,
        @ForAll @Size(max = 6) final List<@StringLength(max = 20) String> headers) {
        buffer.setMemory(0, buffer.capacity(), (byte) 0x5A);
        int at = AT + FrameDescriptor.HEADER_LENGTH;
        at = FrameExtension.putLong(buffer, at, FrameExtension.TRANSACTION_ID, transaction);
        final UnsafeBuffer keyBytes = bytes(key);
        at = FrameExtension.putBytes(buffer, at, FrameExtension.KEY, keyBytes, 0, keyBytes.capacity());
        for (int i = 0; i < headers.size(); i++) {
            final UnsafeBuffer value = bytes(headers.get(i));
            at = FrameExtension.putHeader(buffer, at, utf8("h" + i), value, 0, value.capacity());
        }
        final int length = end(at);
        assertThat(FrameExtension.isWellFormed(buffer, AT, length)).isTrue();
        final Frame frame = new Frame().wrap(buffer, AT, length, 0, 0);
        assertThat(frame.payloadOffset()).isEqualTo(at);
        assertThat(frame.payloadLength()).isEqualTo(PAYLOAD);
        assertThat(frame.transactionId()).isEqualTo(transaction);
        assertThat(frame.keyLength()).isEqualTo(keyBytes.capacity());
        assertThat(new UnsafeBuffer(buffer, frame.keyOffset(), frame.keyLength())).isEqualTo(keyBytes);
        final List<String> seen = new ArrayList<>();
        frame.forEachHeader((from, nameOffset, nameLength, valueOffset, valueLength) ->
            seen.add(from.getStringWithoutLengthUtf8(nameOffset, nameLength)
                + '=' + from.getStringWithoutLengthUtf8(valueOffset, valueLength)));
        final UnsafeBuffer value = new UnsafeBuffer(0, 0);
        for (int i = 0; i < headers.size(); i++) {
            assertThat(frame.header(utf8("h" + i), value)).isTrue();
            assertThat(value).isEqualTo(bytes(headers.get(i)));
            assertThat(seen.get(i))
                .isEqualTo("h" + i + '=' + new String(utf8(headers.get(i)), StandardCharsets.UTF_8));
        }
        assertThat(seen).hasSize(headers.size());
        assertThat(frame.header(utf8("h"), value)).isFalse();
    }

    @Test
    void shouldAnswerNothingOnPlainFrame() {
        final int length = end(AT + FrameDescriptor.HEADER_LENGTH);
        assertThat(FrameExtension.isWellFormed(buffer, AT, length)).isTrue();
        final Frame frame = new Frame().wrap(buffer, AT, length, 16, 0);
        assertThat(frame.transactionId()).isEqualTo(FrameExtension.NO_TRANSACTION_ID);
        assertThat(frame.keyLength()).isEqualTo(-1);
        assertThat(frame.keyOffset()).isEqualTo(-1);
        assertThat(frame.payloadOffset()).isEqualTo(AT + FrameDescriptor.HEADER_LENGTH);
        assertThat(frame.endPosition()).isEqualTo(16 + 64);
        frame.forEachHeader((from, nameOffset, nameLength, valueOffset, valueLength) -> {
            throw new AssertionError("a header");
        });
    }

    @Test
    void shouldTakeLongestKey() {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[FrameExtension.MAX_VALUE_LENGTH]);
        key.setMemory(0, key.capacity(), (byte) 7);
        final int at = FrameExtension.putBytes(
            buffer, AT + FrameDescriptor.HEADER_LENGTH, FrameExtension.KEY, key, 0, key.capacity());
        final Frame frame = new Frame().wrap(buffer, AT, end(at), 0, 0);
        assertThat(new UnsafeBuffer(buffer, frame.keyOffset(), frame.keyLength())).isEqualTo(key);
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        final int start = AT + FrameDescriptor.HEADER_LENGTH;
        final int length = end(FrameExtension.putHeader(buffer, start, utf8("name"), bytes("value"), 0, 5));
        assertThat(FrameExtension.isWellFormed(buffer, AT, length)).isTrue();
        assertThat(FrameExtension.isWellFormed(buffer, AT, FrameDescriptor.HEADER_LENGTH + 8)).isFalse();
        buffer.putShort(start + 4, (short) 10); // the name reaches past the value
        assertThat(FrameExtension.isWellFormed(buffer, AT, length)).isFalse();
        buffer.putShort(start + 4, (short) 9);
        assertThat(FrameExtension.isWellFormed(buffer, AT, length)).isTrue();
        buffer.putShort(start + 2, (short) 13); // the value reaches past the extension
        assertThat(FrameExtension.isWellFormed(buffer, AT, length)).isFalse();
        buffer.putShort(start + 2, (short) 1);
        assertThat(FrameExtension.isWellFormed(buffer, AT, length)).isFalse();
        end(FrameExtension.putLong(buffer, start, FrameExtension.TRANSACTION_ID, 5));
        buffer.putShort(start + 2, (short) 7);
        assertThat(FrameExtension.isWellFormed(buffer, AT, length)).isFalse();
    }

    @Test
    void shouldCountMessagesOnceAndCompactedRecordsStill() {
        final byte fragment = FrameDescriptor.FLAG_FRAGMENT;
        assertThat(FrameDescriptor.countsAsRecord((byte) 0)).isTrue();
        assertThat(FrameDescriptor.countsAsRecord(FrameDescriptor.FLAG_PADDING)).isFalse();
        assertThat(FrameDescriptor.countsAsRecord(FrameDescriptor.FLAG_CONTROL)).isFalse();
        assertThat(FrameDescriptor.countsAsRecord(fragment)).isFalse();
        assertThat(FrameDescriptor.countsAsRecord((byte) (fragment | FrameDescriptor.FLAG_BEGIN))).isFalse();
        assertThat(FrameDescriptor.countsAsRecord((byte) (fragment | FrameDescriptor.FLAG_END))).isTrue();
        assertThat(FrameDescriptor.countsAsRecord(
            (byte) (FrameDescriptor.FLAG_PADDING | FrameDescriptor.FLAG_COMPACTED))).isTrue();
    }
}
