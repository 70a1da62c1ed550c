/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.ReadOnlyException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.SystemFiles;
import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.core.testing.ChildJvm;
import dev.peregrine.core.testing.FaultyFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadOnlyLogTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 300;

    @TempDir
    private Path directory;

    private static PartitionConfig config(final Path at) {
        return PartitionConfig.of(at, "test/0").withSegmentLength(SEGMENT_LENGTH);
    }

    /** May read, and nothing else. */
    private static final class ReadingFiles extends SystemFiles {
        private static AssertionError wrote() {
            return new AssertionError("a log that is open for reading wrote");
        }

        @Override
        public void createDirectories(final Path at) {
            throw wrote();
        }

        @Override
        public FileChannel openReadWrite(final Path file) {
            throw wrote();
        }

        @Override
        public void rename(final Path from, final Path to) {
            throw wrote();
        }

        @Override
        public void delete(final Path file) {
            throw wrote();
        }

        @Override
        public void writeAtomically(final Path file, final byte[] content) {
            throw wrote();
        }
    }

    private PartitionLog openReadOnly() {
        return PartitionLog.openReadOnly(config(directory).withFiles(new ReadingFiles()));
    }

    private static void append(final PartitionLog log, final long from, final long to) {
        try (Appender appender = log.newAppender(1)) {
            for (long i = from; i < to; i++) {
                Records.append(appender, 1, i, LONGEST);
            }
        }
    }

    private static List<Long> poll(final PartitionReader reader) {
        final List<Long> read = new ArrayList<>();
        while (reader.poll(frame -> {
            Records.check(frame, LONGEST);
            read.add(frame.sequence());
        }, 100) > 0) {
            // until nothing is there
        }
        return read;
    }

    private static List<Long> numbers(final long from, final long to) {
        return Stream.iterate(from, i -> i < to, i -> i + 1).toList();
    }

    /** The segment had its name, and the writer was told that it could not be made. */
    @ParameterizedTest
    @EnumSource(value = FaultyFiles.Call.class, names = {"RENAME", "FORCE_DIRECTORY", "MAP"})
    void shouldGoOnWhereTheWriterHadToTryASegmentAgain(final FaultyFiles.Call call) {
        final FaultyFiles files = new FaultyFiles();
        final int payload = 1_024 - FrameDescriptor.HEADER_LENGTH; // fills a segment to its end
        try (PartitionLog log = PartitionLog.open(
            config(directory).withDurability(Durability.INTERVAL, 1_000).withFiles(files));
            Appender appender = log.newAppender(1); PartitionLog seen = openReadOnly();
            PartitionReader reader = seen.newReader(0)) {
            int sequence = 0;
            while (sequence == 0 && appender.claim(payload) >= 0 || appender.tryClaim(payload, null) >= 0) {
                appender.commit(0, 0, 0, 0, sequence++);
            }
            assertThat(reader.poll(frame -> { }, Integer.MAX_VALUE)).isEqualTo(sequence);
            assertThat(reader.position()).as("begin of the next segment").isEqualTo((long) sequence * 1_024)
                .isEqualTo(log.directory().allocatedEnd());
            for (int attempt = 0; attempt < 2; attempt++) {
                files.failNth(call, 1, "Input/output error");
                assertThatThrownBy(log::doHousekeeping).isInstanceOf(StorageException.class);
                assertThat(reader.poll(frame -> { }, 1)).isZero();
            }
            log.doHousekeeping();
            assertThat(appender.tryClaim(payload, null)).isPositive();
            appender.commit(0, 0, 0, 0, sequence);
            assertThat(reader.poll(frame -> { }, 1)).isEqualTo(1);
        }
    }

    private Map<String, FileTime> look() throws IOException {
        final Map<String, FileTime> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (final Path file : files.toList()) {
                found.put(file.getFileName().toString(), Files.getLastModifiedTime(file));
            }
        }
        return found;
    }

    @Test
    void shouldFollowTheWriterThroughNewSegments() {
        try (PartitionLog log = PartitionLog.open(config(directory)); PartitionLog seen = openReadOnly();
            PartitionReader reader = seen.newReader(0)) {
            assertThat(poll(reader)).isEmpty();
            append(log, 0, 1_000);
            assertThat(poll(reader)).isEqualTo(numbers(0, 1_000));
            assertThat(reader.offset()).isEqualTo(1_000);
            append(log, 1_000, 1_010);
            assertThat(poll(reader)).isEqualTo(numbers(1_000, 1_010));
            assertThat(seen.appendedPosition()).isEqualTo(log.appendedPosition());
            assertThat(seen.endOffset()).isEqualTo(1_010);
            assertThat(seen.isReadOnly()).isTrue();
        }
    }

    @Test
    void shouldStopBeforeAClaimThatIsOpen() {
        try (PartitionLog log = PartitionLog.open(config(directory)); Appender slow = log.newAppender(2);
            PartitionLog seen = openReadOnly(); PartitionReader reader = seen.newReader(0)) {
            append(log, 0, 10);
            slow.claim(40);
            append(log, 10, 20);
            assertThat(poll(reader)).isEqualTo(numbers(0, 10));
            slow.abort();
            assertThat(poll(reader)).isEqualTo(numbers(10, 20));
        }
    }

    @Test
    void shouldFindRecordsByNumberWithAndWithoutIndexFiles() throws IOException {
        try (PartitionLog log = PartitionLog.open(config(directory))) {
            append(log, 0, 2_000);
            try (PartitionLog seen = openReadOnly(); PartitionReader reader = seen.newReader(0)) {
                for (int round = 0; round < 2; round++) {
                    for (final long number : new long[] {0, 1, 777, 1_999, 2_000}) {
                        final long position = log.positionOfOffset(number); // makes index files
                        assertThat(seen.positionOfOffset(number)).isEqualTo(position);
                        assertThat(seen.offsetOf(position)).isEqualTo(number);
                        assertThat(seen.positionOfTimestamp(number)).isEqualTo(log.positionOfTimestamp(number));
                        reader.seekToOffset(number);
                        assertThat(poll(reader)).isEqualTo(numbers(number, 2_000));
                    }
                    log.truncateBefore(0);
                    deleteIndexFiles();
                }
            }
        }
    }

    private void deleteIndexFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (final Path file : files.filter(f -> f.toString().endsWith(IndexDescriptor.SUFFIX)).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void shouldGoOnAtTheStartAfterATruncation() {
        try (PartitionLog log = PartitionLog.open(config(directory))) {
            append(log, 0, 1_000);
            try (PartitionLog seen = openReadOnly(); PartitionReader reader = seen.newReader(0)) {
                reader.poll(frame -> { }, 1);
                log.truncateBefore(log.appendedPosition());
                assertThat(seen.startPosition()).isEqualTo(log.startPosition()).isPositive();
                final List<Long> read = poll(reader);
                assertThat(read.get(read.size() - 1)).isEqualTo(999);
                final long first = log.startOffset();
                assertThat(read).endsWith(numbers(first, 1_000).toArray(new Long[0]));
                assertThat(reader.offset()).isEqualTo(1_000);
            }
        }
    }

    @Test
    void shouldChangeNothingAndWriteNothing() throws IOException {
        try (PartitionLog log = PartitionLog.open(config(directory))) {
            append(log, 0, 500);
            final Map<String, FileTime> before = look();
            try (PartitionLog seen = openReadOnly(); PartitionReader reader = seen.newReader(0)) {
                assertThat(poll(reader)).hasSize(500);
                assertThat(seen.doHousekeeping()).isZero();
                assertThat(seen.verify()).isGreaterThanOrEqualTo(500);
                assertThatThrownBy(() -> seen.newAppender(1)).isInstanceOf(ReadOnlyException.class)
                    .hasMessageContaining("test/0");
                assertThatThrownBy(seen::force).isInstanceOf(ReadOnlyException.class);
                assertThatThrownBy(() -> seen.truncateBefore(SEGMENT_LENGTH)).isInstanceOf(ReadOnlyException.class);
                assertThatThrownBy(() -> seen.awaitDurable(1)).isInstanceOf(ReadOnlyException.class);
            }
            assertThat(look()).isEqualTo(before);
        }
        final Path nowhere = directory.resolve("nowhere");
        try (PartitionLog seen = PartitionLog.openReadOnly(config(nowhere)); PartitionReader reader = seen.newReader(0)) {
            assertThat(poll(reader)).isEmpty();
            assertThat(nowhere).doesNotExist();
        }
    }

    @Test
    void shouldShowWhatIsDurable() {
        try (PartitionLog log = PartitionLog.open(config(directory)); PartitionLog seen = openReadOnly()) {
            append(log, 0, 10);
            assertThat(seen.durablePosition()).isZero();
            log.force();
            assertThat(seen.durablePosition()).isEqualTo(log.durablePosition()).isPositive();
        }
    }

    @Test
    void shouldRefuseDamageAndEndAtATornTail() throws IOException {
        final long middle;
        final long last;
        try (PartitionLog log = PartitionLog.open(config(directory))) {
            append(log, 0, 20);
            middle = log.positionOfOffset(10);
            last = log.positionOfOffset(19);
        }
        flip(last);
        try (PartitionLog seen = openReadOnly(); PartitionReader reader = seen.newReader(0)) {
            assertThat(poll(reader)).isEqualTo(numbers(0, 19));
            assertThat(seen.tornPosition()).isEqualTo(last);
            assertThat(seen.appendedPosition()).isEqualTo(last);
        }
        flip(middle);
        try (PartitionLog seen = openReadOnly(); PartitionReader reader = seen.newReader(0)) {
            assertThatThrownBy(() -> poll(reader)).isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("position " + middle);
        }
        CrashImage.restartMachine(directory); // now anything may be missing that was not forced
        try (PartitionLog seen = openReadOnly(); PartitionReader reader = seen.newReader(0)) {
            assertThat(poll(reader)).isEqualTo(numbers(0, 10));
            assertThat(seen.tornPosition()).isEqualTo(middle);
        }
    }

    private void flip(final long position) throws IOException {
        final Path file = directory.resolve(SegmentDescriptor.fileName(0));
        final byte[] bytes = Files.readAllBytes(file);
        bytes[(int) position + SegmentDescriptor.HEADER_LENGTH + FrameDescriptor.HEADER_LENGTH] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void shouldMissNoSegmentSilently() throws IOException {
        try (PartitionLog log = PartitionLog.open(config(directory))) {
            append(log, 0, 2_000);
        }
        Files.delete(directory.resolve(SegmentDescriptor.fileName(SEGMENT_LENGTH)));
        try (PartitionLog seen = openReadOnly(); PartitionReader reader = seen.newReader(0)) {
            assertThatThrownBy(() -> poll(reader)).isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("misses the segment at position " + SEGMENT_LENGTH);
        }
    }

    /** Appends for ever, truncating behind itself, and prints what it has committed. */
    static final class Writer {
        private Writer() {
        }

        public static void main(final String[] arguments) {
            final boolean truncating = Boolean.parseBoolean(arguments[1]);
            try (PartitionLog log = PartitionLog.open(config(Path.of(arguments[0])));
                Appender appender = log.newAppender(1)) {
                for (long sequence = log.lastSequence(1) + 1;; sequence++) {
                    final long end = Records.append(appender, 1, sequence, LONGEST);
                    if (sequence % 64 == 0) {
                        log.doHousekeeping();
                        System.out.println(sequence);
                        if (truncating) {
                            log.truncateBefore(end - 4 * SEGMENT_LENGTH);
                        }
                    }
                }
            }
        }
    }

    private ChildJvm startWriter(final boolean truncating) throws IOException {
        return ChildJvm.start(Writer.class, JvmFlags.forRelease(Runtime.version().feature()), directory.toString(),
            Boolean.toString(truncating));
    }

    @Test
    void shouldReadBesideAWriterThatIsKilledAndStartedAgain() throws Exception {
        long expected = 0;
        try (PartitionLog seen = openReadOnly(); PartitionReader reader = seen.newReader(0)) {
            for (int round = 0; round < 3; round++) {
                long acknowledged = -1;
                try (ChildJvm writer = startWriter(false)) {
                    for (int i = 0; i < 30; i++) {
                        acknowledged = Long.parseLong(writer.readLine());
                        final List<Long> read = poll(reader);
                        assertThat(read).isEqualTo(numbers(expected, expected + read.size()));
                        expected += read.size();
                        assertThat(expected).isGreaterThan(acknowledged);
                    }
                    writer.kill();
                }
                final List<Long> read = poll(reader);
                assertThat(read).isEqualTo(numbers(expected, expected + read.size()));
                expected += read.size();
                assertThat(reader.offset()).isEqualTo(expected);
            }
        }
    }

    @Test
    void shouldReadBesideAWriterThatTruncates() throws Exception {
        try (ChildJvm writer = startWriter(true); PartitionLog seen = openReadOnly();
            PartitionReader reader = seen.newReader(0)) {
            long last = -1;
            for (int i = 0; i < 300; i++) {
                final long acknowledged = Long.parseLong(writer.readLine());
                if (i % 50 == 49) {
                    reader.seek(0); // far behind: the start has moved
                    last = -1;
                }
                long previous = last;
                final List<Long> read = new ArrayList<>();
                while (last < acknowledged) {
                    reader.poll(frame -> {
                        Records.check(frame, LONGEST);
                        read.add(frame.sequence());
                    }, 10);
                    last = read.isEmpty() ? last : read.get(read.size() - 1);
                }
                for (final long sequence : read) {
                    assertThat(sequence).isGreaterThan(previous);
                    previous = sequence;
                }
            }
            assertThat(seen.startPosition()).isPositive();
            writer.kill();
        }
    }
}
