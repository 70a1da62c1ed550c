/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.CorruptDataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageReadingTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 600;
    private static final int LONGEST_FRAGMENT = 7_000;
    private static final int PUBLISHERS = 4;

    @TempDir
    private Path directory;
    private PartitionLog log;
    private RawFrames raw;

    /** What a reader is to see: one entry per record, in order. */
    private final List<Seen> expected = new ArrayList<>();

    private record Seen(long producer, long sequence, long hash, int length) {
    }

    @BeforeEach
    void open() {
        log = PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(SEGMENT_LENGTH));
        raw = new RawFrames(log);
    }

    @AfterEach
    void close() {
        log.close();
    }

    private static Seen seen(final Frame frame) {
        long hash = 1;
        for (int i = 0; i < frame.payloadLength(); i++) {
            hash = hash * 31 + frame.buffer().getByte(frame.payloadOffset() + i);
        }
        assertThat(frame.flags()).isZero();
        assertThat(frame.schemaId()).isEqualTo(7);
        assertThat(frame.keyHash()).isEqualTo(frame.producerId() ^ frame.sequence());
        return new Seen(frame.producerId(), frame.sequence(), hash, frame.payloadLength());
    }

    private static List<Seen> read(final PartitionReader reader) {
        final List<Seen> records = new ArrayList<>();
        while (reader.poll(frame -> records.add(seen(frame)), 7) > 0) {
            // until nothing is there
        }
        return records;
    }

    /** One publisher's message that is being written. */
    private static final class Open {
        private final long sequence;
        private long first = -1;
        private long hash = 1;
        private int length;

        Open(final long sequence) {
            this.sequence = sequence;
        }
    }

    private void add(final Open message, final int producer, final int flags, final int length, final byte value) {
        final int begin = message.first < 0 ? FrameDescriptor.FLAG_BEGIN : 0;
        final long position =
            raw.fragment(producer, message.sequence, begin | flags, message.first, length, value);
        message.first = message.first < 0 ? position : message.first;
        message.length += length;
        for (int i = 0; i < length; i++) {
            message.hash = message.hash * 31 + value;
        }
        if ((flags & FrameDescriptor.FLAG_END) != 0) {
            expected.add(new Seen(producer, message.sequence, message.hash, message.length));
        }
    }

    /** Publishers by turns, in an order drawn by lot: fragments, plain records, messages that are never finished. */
    private void write(final long seed, final int steps) {
        final SplittableRandom random = new SplittableRandom(seed);
        final Open[] open = new Open[PUBLISHERS];
        long sequence = 0;
        try (Appender appender = log.newAppender(9)) {
            for (int i = 0; i < steps; i++) {
                final int producer = random.nextInt(PUBLISHERS + 1);
                if (producer == PUBLISHERS) {
                    Records.append(appender, 9, i, LONGEST);
                    expected.add(null);
                } else if (open[producer] == null) {
                    open[producer] = new Open(sequence++);
                    add(open[producer], producer, 0, random.nextInt(LONGEST_FRAGMENT), (byte) random.nextInt());
                } else if (random.nextInt(20) == 0) {
                    open[producer] = null; // its publisher died
                } else {
                    final boolean last = random.nextInt(4) == 0;
                    add(open[producer], producer, last ? FrameDescriptor.FLAG_END : 0,
                        random.nextInt(LONGEST_FRAGMENT), (byte) random.nextInt());
                    open[producer] = last ? null : open[producer];
                }
            }
        }
        // plain records are checked for what they are; here only their places count
        try (PartitionReader reader = log.newReader(0)) {
            final int[] at = {0};
            reader.poll(frame -> {
                if (frame.producerId() == 9) {
                    Records.check(frame, LONGEST);
                    assertThat(expected.get(at[0])).isNull();
                    expected.set(at[0], seen(frame));
                }
                at[0]++;
            }, Integer.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldHandOverWholeMessagesOfInterleavedPublishers(final long seed) {
        write(seed, 400);
        assertThat(expected).doesNotContainNull().hasSizeGreaterThan(60);
        try (PartitionReader reader = log.newReader(0)) {
            assertThat(read(reader)).isEqualTo(expected);
            assertThat(reader.offset()).isEqualTo(expected.size()).isEqualTo(log.endOffset());
        }
        log.close();
        log = PartitionLog.open(log.config());
        try (PartitionReader reader = log.newReader(0)) {
            assertThat(read(reader)).as("after a restart, checksums verified").isEqualTo(expected);
            assertThat(reader.offset()).isEqualTo(expected.size()).isEqualTo(log.endOffset());
        }
    }

    @Test
    void shouldBeRightAfterAnySeek() {
        write(4, 300);
        final List<Long> positions = new ArrayList<>();
        try (PartitionReader reader = log.newReader(0)) {
            reader.poll(frame -> positions.add(frame.position()), Integer.MAX_VALUE);
            for (int i = positions.size() - 1; i >= 0; i -= 3) {
                reader.seek(positions.get(i));
                assertThat(read(reader)).isEqualTo(expected.subList(i, expected.size()));
                assertThat(reader.offset()).isEqualTo(expected.size());
                reader.seekToOffset(i);
                assertThat(reader.controlledPoll(frame -> {
                    assertThat(seen(frame)).isEqualTo(expected.get((int) frame.offset()));
                    assertThat(frame.endPosition()).isGreaterThan(frame.position());
                    return ControlledFrameHandler.Action.BREAK;
                }, 5)).isEqualTo(1);
                assertThat(reader.offset()).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void shouldStayAtAMessageThatItsHandlerThrewOn() {
        final Open message = new Open(0);
        add(message, 1, 0, 100, (byte) 1);
        add(message, 1, FrameDescriptor.FLAG_END, 100, (byte) 2);
        try (PartitionReader reader = log.newReader(0)) {
            assertThatThrownBy(() -> reader.poll(frame -> {
                throw new IllegalStateException("no");
            }, 1)).hasMessage("no");
            assertThat(read(reader)).isEqualTo(expected);
        }
    }

    @Test
    void shouldReportAMessageWhoseBeginningWasTruncatedAndUseItsNumberUp() {
        final Open message = new Open(0);
        add(message, 1, 0, 100, (byte) 1);
        try (Appender appender = log.newAppender(9)) {
            // further than truncation looks for the end of a message, which it would keep whole
            for (long i = 0, end = 0; end < SEGMENT_LENGTH + 2L * FrameDescriptor.MAX_MESSAGE_LENGTH + 1_000; i++) {
                end = Records.append(appender, 9, i, LONGEST);
            }
            add(message, 1, FrameDescriptor.FLAG_END, 100, (byte) 2);
            log.truncateBefore(SEGMENT_LENGTH);
            final long behind = log.endOffset();
            final long last = log.appendedPosition();
            Records.append(appender, 9, 1_000_000, LONGEST);
            final List<Gap> gaps = new ArrayList<>();
            try (PartitionReader reader = log.newReader(0)) {
                reader.onGap(gaps::add);
                final List<Seen> read = read(reader);
                assertThat(read).extracting(Seen::producer).containsOnly(9L);
                assertThat(read.get(read.size() - 1).sequence()).isEqualTo(1_000_000);
                assertThat(reader.offset()).isEqualTo(behind + 1);
            }
            assertThat(gaps).containsExactly(new Gap("test/0", Gap.Cause.MESSAGE_CUT, message.first, last));
        }
    }

    @Test
    void shouldWaitForAnotherPublishersClaimInTheMiddleOfAMessage() {
        final Open message = new Open(0);
        add(message, 1, 0, 100, (byte) 1);
        try (Appender slow = log.newAppender(9); PartitionReader reader = log.newReader(0)) {
            slow.claim(40);
            final long last = log.appendedPosition();
            add(message, 1, FrameDescriptor.FLAG_END, 100, (byte) 2);
            reader.seek(last); // over the open claim
            assertThat(read(reader)).isEmpty();
            assertThat(reader.position()).isEqualTo(last);
            slow.abort();
            assertThat(read(reader)).isEqualTo(expected);
        }
    }

    @Test
    void shouldPutTogetherTheLongestMessageAndRefuseALongerOne() {
        final Open message = new Open(0);
        final int fragments = FrameDescriptor.MAX_MESSAGE_LENGTH / 8_000;
        for (int i = 0; i < fragments; i++) {
            add(message, 1, i == fragments - 1 ? FrameDescriptor.FLAG_END : 0, 8_000, (byte) i);
        }
        final Open tooLong = new Open(1);
        for (int i = 0; i <= fragments; i++) {
            add(tooLong, 1, i == fragments ? FrameDescriptor.FLAG_END : 0, 8_000, (byte) i);
        }
        try (PartitionReader reader = log.newReader(0)) {
            assertThat(reader.poll(frame -> assertThat(seen(frame)).isEqualTo(expected.get(0)), 1)).isEqualTo(1);
            assertThatThrownBy(() -> read(reader)).isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("test/0").hasMessageContaining("longer than");
        }
    }

    @Test
    void shouldRefuseAMessageThatDoesNotBeginWhereItSays() {
        raw.fragment(1, 0, FrameDescriptor.FLAG_BEGIN, -1, 10, (byte) 1);
        final long other = raw.fragment(1, 0, 0, 0, 10, (byte) 1);
        raw.fragment(1, 0, FrameDescriptor.FLAG_END, other, 10, (byte) 1);
        try (PartitionReader reader = log.newReader(0)) {
            assertThatThrownBy(() -> read(reader)).isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("does not begin at position " + other);
        }
    }
}
