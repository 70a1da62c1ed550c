/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.SystemFiles;
import dev.peregrine.core.time.EngineClock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of each key the latest record stays, where it was, under its number. */
class KeyCompactionTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final long HOUR_NS = 3_600_000_000_000L;
    private static final long FOR_EVER = Long.MAX_VALUE;

    @TempDir
    private Path directory;

    /** What was appended: of the model, and what is read back. */
    private record Entry(long offset, String key, int length, long producer, long sequence) {
        boolean isTombstone() {
            return length == 0;
        }
    }

    private static PartitionConfig config(final Path at, final long lagNs, final long tombstonesNs) {
        return PartitionConfig.of(at, "keys/0").withSegmentLength(SEGMENT_LENGTH)
            .withStorage(StorageConfig.plain().withCompaction(lagNs, tombstonesNs));
    }

    /** Two keys in three have the same hash, and differ in their bytes only. */
    private static long hashOf(final String key) {
        return key.hashCode() % 3 == 0 ? key.hashCode() : 42;
    }

    private static void append(
        final PartitionLog log, final List<Entry> model, final SplittableRandom random, final int records,
        final int keys, final long timestampNs) {
        final Map<Long, Appender> appenders = new HashMap<>();
        final RecordOptions options = new RecordOptions();
        for (int i = 0; i < records; i++) {
            final long producer = random.nextInt(4);
            final Appender appender = appenders.computeIfAbsent(producer, log::newAppender);
            final String key = "key-" + random.nextInt(keys);
            final int shape = random.nextInt(20);
            final int length = shape == 0 ? 0 : shape == 1 ? random.nextInt(20_000) : 1 + random.nextInt(600);
            final byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
            options.clear().key(new UnsafeBuffer(bytes), 0, bytes.length);
            final int at = appender.claimMessage(length, options);
            appender.buffer().setMemory(at, length, (byte) model.size());
            appender.commit(1, 1, hashOf(key), timestampNs, model.size());
            model.add(new Entry(model.size(), key, length, producer, model.size()));
        }
        appenders.values().forEach(Appender::close);
    }

    private static List<Entry> read(final PartitionLog log) {
        final List<Entry> read = new ArrayList<>();
        try (PartitionReader reader = log.newReader(0)) {
            final FrameHandler handler = frame -> {
                final byte[] key = new byte[frame.keyLength()];
                frame.buffer().getBytes(frame.keyOffset(), key);
                for (int i = 0; i < frame.payloadLength(); i++) {
                    assertThat(frame.buffer().getByte(frame.payloadOffset() + i)).isEqualTo((byte) frame.sequence());
                }
                read.add(new Entry(frame.offset(), new String(key, StandardCharsets.US_ASCII), frame.payloadLength(),
                    frame.producerId(), frame.sequence()));
            };
            while (reader.poll(handler, 1_000) > 0) {
                // until nothing is there
            }
        }
        return read;
    }

    private static Map<String, Entry> latest(final List<Entry> entries) {
        final Map<String, Entry> latest = new HashMap<>();
        entries.forEach(entry -> latest.put(entry.key, entry));
        latest.values().removeIf(Entry::isTombstone);
        return latest;
    }

    private static void check(final PartitionLog log, final List<Entry> model) {
        final List<Entry> read = read(log);
        assertThat(model).as("what is left is what was appended, under its number").containsAll(read);
        assertThat(latest(read)).isEqualTo(latest(model));
        assertThat(log.endOffset()).isEqualTo(model.size());
        for (long producer = 1; producer < 4; producer++) {
            final long id = producer;
            assertThat(log.lastSequence(id)).isEqualTo(model.stream()
                .filter(entry -> entry.producer == id).mapToLong(Entry::sequence).max().orElse(-1));
        }
    }

    private static void compact(final PartitionLog log) {
        while (log.doMaintenance() > 0) {
            // until nothing is left to do
        }
    }

    private static void deleteTree(final Path home) throws IOException {
        try (java.util.stream.Stream<Path> files = Files.walk(home)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(tries = 12)
    void shouldKeepTheLatestRecordOfEachKeyThroughRestartsAndStopsInTheMiddle(@ForAll final long seed)
        throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final Path home = Files.createTempDirectory("peregrine-log");
        final List<Entry> model = new ArrayList<>();
        Path at = home.resolve("0");
        for (int life = 1; life <= 4; life++) {
            final Path image = home.resolve(Integer.toString(life));
            final long tombstonesNs = random.nextBoolean() ? 0 : FOR_EVER;
            try (PartitionLog log = PartitionLog.open(config(at, 0, tombstonesNs))) {
                check(log, model);
                append(log, model, random, random.nextInt(500), 1 + random.nextInt(40), 1);
                for (int step = random.nextInt(12); step > 0 && log.doMaintenance() > 0; step--) {
                    // as many as it takes
                }
                CrashImage.copy(at, image);
                check(log, model);
                compact(log);
                check(log, model);
            }
            at = random.nextBoolean() ? at : image;
        }
        deleteTree(home);
    }

    @Test
    void shouldLeaveOneRecordOfEachKeyInWhatIsSealed() {
        final List<Entry> model = new ArrayList<>();
        try (PartitionLog log = PartitionLog.open(config(directory, 0, FOR_EVER))) {
            append(log, model, new SplittableRandom(1), 2_000, 10, 1);
            final long sealed = log.offsetOf(log.directory().lastBase() - 2L * SEGMENT_LENGTH);
            compact(log);
            check(log, model);
            final List<Entry> left = read(log).stream().filter(entry -> entry.offset < sealed).toList();
            final Set<String> keys = new HashSet<>();
            left.forEach(entry -> keys.add(entry.key));
            assertThat(left.size()).as("a few that spanned segments stay").isLessThan(keys.size() + 20);
        }
    }

    @Test
    void shouldLeaveYoungRecordsAlone() {
        final List<Entry> model = new ArrayList<>();
        try (PartitionLog log = PartitionLog.open(config(directory, HOUR_NS, 0))) {
            append(log, model, new SplittableRandom(1), 1_000, 3, EngineClock.INSTANCE.nanoTime());
            compact(log);
            assertThat(read(log)).isEqualTo(model);
        }
    }

    private static void appendUpTo(final PartitionLog log, final long position) {
        try (Appender appender = log.newAppender(1)) {
            while (log.appendedPosition() < position) {
                appender.claim(600);
                appender.commit(1, 1, 7, 1, 1);
            }
        }
    }

    @Test
    void shouldGoOnBehindASegmentOfWhichNothingIsLeft() {
        for (int segments = 3; segments <= 12; segments += 9) {
            try (PartitionLog log = PartitionLog.open(config(directory, HOUR_NS, 0))) {
                appendUpTo(log, (long) segments * SEGMENT_LENGTH);
                compact(log);
                final long sealed = log.appendedPosition() & -(long) SEGMENT_LENGTH;
                final List<Long> left = new ArrayList<>();
                try (PartitionReader reader = log.newReader(0)) {
                    reader.poll(frame -> left.add(frame.position()), Integer.MAX_VALUE);
                }
                assertThat(left.stream().filter(position -> position < sealed)).as("%d segments", segments).hasSize(1);
            }
        }
    }

    @Test
    void shouldKeepTombstonesForTheirTimeOnly() {
        final List<Entry> model = new ArrayList<>();
        final long now = EngineClock.INSTANCE.nanoTime();
        final RecordOptions options = new RecordOptions();
        try (PartitionLog log = PartitionLog.open(config(directory, 0, HOUR_NS))) {
            final Appender appender = log.newAppender(0);
            for (final long timestampNs : new long[] {now - 2 * HOUR_NS, now}) {
                final byte[] key = (timestampNs == now ? "young" : "old").getBytes(StandardCharsets.US_ASCII);
                options.clear().key(new UnsafeBuffer(key), 0, key.length);
                for (int length = 1; length >= 0; length--) {
                    appender.claim(length, options);
                    appender.commit(1, 1, 42, timestampNs, 0);
                }
            }
            appender.close();
            append(log, model, new SplittableRandom(1), 1_000, 3, now);
            compact(log);
            assertThat(read(log).stream().filter(entry -> !entry.key.startsWith("key")).map(Entry::key))
                .containsExactly("young");
        }
    }

    @Test
    void shouldKeepATombstoneWhileSomebodyCanSeeWhatItDeleted() {
        final List<Entry> model = new ArrayList<>();
        final SplittableRandom random = new SplittableRandom(1);
        final byte[] key = "gone".getBytes(StandardCharsets.US_ASCII);
        final RecordOptions options = new RecordOptions().key(new UnsafeBuffer(key), 0, key.length);
        try (PartitionLog log = PartitionLog.open(config(directory, 0, 0))) {
            final Appender idle = log.newAppender(0);
            idle.claim(1, options);
            idle.commit(1, 1, 42, 1, 0);
            append(log, model, random, 500, 3, 1);
            try (Appender appender = log.newAppender(0)) {
                appender.claim(0, options);
                appender.commit(1, 1, 42, 1, 0);
            }
            append(log, model, random, 500, 3, 1);
            compact(log);
            assertThat(read(log).stream().filter(entry -> "gone".equals(entry.key)).map(Entry::length))
                .containsExactly(1, 0);
            idle.close();
            assertThat(read(log).stream().filter(entry -> "gone".equals(entry.key)).map(Entry::length))
                .containsExactly(0);
        }
        try (PartitionLog log = PartitionLog.open(config(directory, 0, 0))) {
            compact(log);
            assertThat(read(log).stream().map(Entry::key)).doesNotContain("gone");
        }
    }

    @Test
    void shouldSplitKeysThatDoNotFitTheTable() throws IOException {
        final List<Entry> model = new ArrayList<>();
        try (PartitionLog log = PartitionLog.open(config(directory, 0, FOR_EVER))) {
            try (Appender appender = log.newAppender(0)) {
                for (int i = 0; i < 6_000; i++) {
                    final long at = appender.claim(8);
                    appender.buffer().putLong((int) at, i);
                    appender.commit(1, 1, 1 + i % 3_000, 1, i);
                    model.add(new Entry(i, "", 8, 0, i));
                }
            }
            final KeyCompaction compaction = new KeyCompaction(log, log.config().storage(), 1 << 10);
            final List<Long> sealed = log.segments().bases();
            sealed.removeIf(base -> base + SEGMENT_LENGTH > log.appendedPosition());
            while (compaction.step(sealed)) {
                // until nothing is left to do
            }
            final Set<Long> seen = new HashSet<>();
            try (PartitionReader reader = log.newReader(0)) {
                final FrameHandler handler = frame -> {
                    if (frame.position() < sealed.get(sealed.size() - 1) + SEGMENT_LENGTH) {
                        assertThat(seen.add(frame.keyHash())).as("key " + frame.keyHash()).isTrue();
                    } else {
                        seen.add(frame.keyHash());
                    }
                };
                while (reader.poll(handler, 1_000) > 0) {
                    // until nothing is there
                }
            }
            assertThat(seen).hasSize(3_000);
            assertThat(log.endOffset()).isEqualTo(model.size());
        }
    }

    /** Files of which one is deleted just before it is opened. */
    private static final class LateFiles extends SystemFiles {
        private Runnable before;

        @Override
        public FileChannel openRead(final Path file) throws IOException {
            if (before != null && PackedSegmentDescriptor.isPacked(file)) {
                final Runnable truncation = before;
                before = null;
                truncation.run();
            }
            return super.openRead(file);
        }
    }

    /** As it looks at the headers, or as it reads the second of the segments. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldPassOverASegmentThatIsTruncatedAsItIsOpened(final int stepsBefore) {
        final List<Entry> model = new ArrayList<>();
        final SplittableRandom random = new SplittableRandom(1);
        final LateFiles files = new LateFiles();
        final PartitionConfig config = config(directory, 0, FOR_EVER).withFiles(files);
        try (PartitionLog log = PartitionLog.open(config)) {
            append(log, model, random, 1_000, 10, 1);
            compact(log);
        }
        try (PartitionLog log = PartitionLog.open(config)) {
            append(log, model, random, 2_000, 10, 1);
            for (int step = 0; step < stepsBefore; step++) {
                log.doMaintenance();
            }
            files.before = () -> log.truncateBefore(2L * SEGMENT_LENGTH);

            log.doMaintenance();

            assertThat(log.startPosition()).isEqualTo(2L * SEGMENT_LENGTH);
            compact(log);
            assertThat(model).containsAll(read(log));
        }
    }
}
