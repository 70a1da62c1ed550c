/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills the process and cuts the power at random moments of random histories, in this process. */
@Timeout(3_600)
class CrashSimulationTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 900;
    private static final int LONGEST_MESSAGE = 60_000;
    private static final int PRODUCERS = 3;
    /** Kills, or power cuts, of one history. */
    private static final int CUTS = 4;
    /** The producer of long messages. */
    private static final int MESSAGES = 2;
    private static final int MANY = Integer.getInteger("peregrine.schedules", 10_000);

    @TempDir
    private Path directory;

    /** What was appended, per producer: the end position of each committed record. */
    private final List<List<Long>> ends = new ArrayList<>();

    private final RecordBatch batch = new RecordBatch(PartitionConfig.of(Path.of("."), "").withSegmentLength(
        SEGMENT_LENGTH).maxPayloadLength());
    /** How many schedules met what they are about. */
    private int compressed;
    private int ended;

    private static PartitionConfig config(final Path at, final Durability durability) {
        return PartitionConfig.of(at, "crash/0").withSegmentLength(SEGMENT_LENGTH).withDurability(durability, 0)
            .withStorage(StorageConfig.plain().withCompressionLevel(1));
    }

    private static int longest(final long producer) {
        return producer == MESSAGES ? LONGEST_MESSAGE : LONGEST;
    }

    private void newHistory() {
        ends.clear();
        for (int i = 0; i < PRODUCERS; i++) {
            ends.add(new ArrayList<>());
        }
    }

    private void append(final Appender[] appenders, final int producer) {
        final List<Long> mine = ends.get(producer);
        mine.add(Records.appendMessage(appenders[producer], producer, mine.size(), longest(producer)));
    }

    private void appendBatch(final Appender[] appenders, final int producer, final int records) {
        final List<Long> mine = ends.get(producer);
        final int first = mine.size();
        batch.clear();
        while (batch.size() < records && Records.add(batch, producer, first + batch.size(), LONGEST)) {
            // another one
        }
        final long start = appenders[producer].append(batch, 0, first) - batch.length();
        for (int record = 0; record < batch.length(); record = batch.next(record)) {
            mine.add(start + batch.next(record));
        }
    }

    private static Appender[] appenders(final PartitionLog log) {
        final Appender[] appenders = new Appender[PRODUCERS];
        for (int i = 0; i < PRODUCERS; i++) {
            appenders[i] = log.newAppender(i);
        }
        return appenders;
    }

    /** Appends for a while; some claims are aborted, some stay open, some were taken without a word written. */
    private void live(
        final PartitionLog log, final SplittableRandom random, final boolean claimsStayOpen, final PowerCutFiles files)
        throws IOException {
        final Appender[] appenders = appenders(log);
        final boolean[] open = new boolean[PRODUCERS];
        try (PartitionReader reader = log.newReader(log.startPosition())) {
            for (int step = random.nextInt(400); step > 0; step--) {
                // long messages are rare, or there would be little else
                final int producer = random.nextInt(12) == 0 ? MESSAGES : random.nextInt(MESSAGES);
                final int what = random.nextInt(100);
                if (what < 3 && claimsStayOpen) {
                    log.claim(FrameDescriptor.ALIGNMENT * (1 + random.nextInt(20))); // died before its first store
                } else if (what < 8 && claimsStayOpen && !open[producer]) {
                    final long next = ends.get(producer).size();
                    final int length = Records.length(producer, next, longest(producer));
                    Records.write(
                        appenders[producer], appenders[producer].claimMessage(length, null), producer, next, length);
                    open[producer] = true; // dies before it commits
                } else if (what < 12 && !open[producer]) {
                    appenders[producer].claim(random.nextInt(LONGEST));
                    appenders[producer].abort();
                } else if (what < 15) {
                    log.doHousekeeping();
                } else if (what < 18) {
                    reader.poll(frame -> { }, 1_000);
                } else if (what < 20 && files != null) {
                    files.writeBack(random, random.nextDouble());
                } else if (what < 21) {
                    log.truncateBefore(random.nextLong(log.appendedPosition() + 1));
                } else if (what < 23 && log.config().durability() != Durability.SYNC) {
                    log.force();
                } else if (what < 27) {
                    log.doMaintenance();
                } else if (what < 31 && !open[producer] && producer != MESSAGES) {
                    appendBatch(appenders, producer, 1 + random.nextInt(12));
                } else if (!open[producer]) {
                    append(appenders, producer);
                }
            }
        }
    }

    /** Opens what a crash left and checks it against the history, which goes on from what was kept. */
    private void checkAndAdopt(final PartitionLog log, final long mustReach, final boolean allCommitted) {
        final Map<Long, List<Long>> read = Records.readAll(log, 0, CrashSimulationTest::longest);
        for (int producer = 0; producer < PRODUCERS; producer++) {
            final List<Long> kept = read.getOrDefault((long) producer, List.of());
            final List<Long> mine = ends.get(producer);
            final long durable = mine.stream().filter(end -> end <= mustReach).count();
            final long truncated = mine.stream().filter(end -> end <= log.startPosition()).count();
            final long all = truncated + kept.size();
            assertThat(kept).isEqualTo(LongStream.range(truncated, all).boxed().toList());
            assertThat(all).isBetween(allCommitted ? mine.size() : durable, (long) mine.size());
            assertThat(log.lastSequence(producer)).isEqualTo(kept.isEmpty() ? -1 : all - 1);
            mine.subList((int) all, mine.size()).clear();
        }
        log.verify();
        final long first = ends.stream().flatMap(List::stream).filter(end -> end <= log.startPosition()).count();
        checkNumbers(log, first);
    }

    private static void checkNumbers(final PartitionLog log, final long first) {
        final List<Long> positions = new ArrayList<>();
        try (PartitionReader reader = log.newReader(0)) {
            while (reader.poll(frame -> {
                assertThat(frame.offset()).isEqualTo(first + positions.size());
                positions.add(frame.position());
            }, 1_000) > 0) {
                // to the end
            }
        }
        assertThat(log.startOffset()).isEqualTo(first);
        assertThat(log.endOffset()).isEqualTo(first + positions.size());
        for (int i = 0; i < positions.size(); i += 97) {
            assertThat(log.offsetOf(positions.get(i))).isEqualTo(first + i);
            assertThat(log.positionOfOffset(first + i)).isEqualTo(positions.get(i));
        }
    }

    private void killOften(final long seed, final Durability durability) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        newHistory();
        Path at = directory.resolve("kill-" + seed);
        for (int round = 0; round < CUTS; round++) {
            final Path image = at.resolveSibling(at.getFileName() + "-" + round);
            try (PartitionLog log = PartitionLog.open(config(at, durability))) {
                checkAndAdopt(log, 0, true);
                live(log, random, durability != Durability.SYNC, null);
                CrashImage.copy(at, image);
            }
            org.agrona.IoUtil.delete(at.toFile(), false);
            at = image;
        }
        try (PartitionLog log = PartitionLog.open(config(at, durability))) {
            checkAndAdopt(log, 0, true);
        }
        org.agrona.IoUtil.delete(at.toFile(), false);
    }

    private static boolean hasCompressed(final Path at) throws IOException {
        try (Stream<Path> files = Files.list(at)) {
            return files.anyMatch(PackedSegmentDescriptor::isPacked);
        }
    }

    private void cutPowerOften(final long seed, final Durability durability) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        newHistory();
        Path at = directory.resolve("power-" + seed + durability);
        Files.createDirectories(at);
        long durable = 0;
        boolean endIsDurable = false;
        for (int round = 0; round < CUTS; round++) {
            final Path image = at.resolveSibling(at.getFileName() + "-" + round);
            final PowerCutFiles files = new PowerCutFiles();
            files.load(at);
            try (PartitionLog log = PartitionLog.open(config(at, durability).withFiles(files))) {
                checkAndAdopt(log, durable, false);
                assertThat(log.isEnded() || !endIsDurable).as("the end was durable").isTrue();
                if (log.isEnded()) {
                    break;
                }
                live(log, random, durability != Durability.SYNC, files);
                if (durability != Durability.INTERVAL && random.nextInt(20) == 0) { // which would wait for open claims
                    log.end();
                    ended++;
                }
                endIsDurable = log.isEnded() && log.durablePosition() >= log.appendedPosition();
                durable = log.durablePosition();
                compressed += hasCompressed(at) ? 1 : 0;
                files.writeBack(random, random.nextInt(3) / 2.0);
                files.cutPower(image, random);
            }
            org.agrona.IoUtil.delete(at.toFile(), false);
            at = image;
        }
        try (PartitionLog log = PartitionLog.open(config(at, durability))) {
            checkAndAdopt(log, durable, false);
        }
        org.agrona.IoUtil.delete(at.toFile(), false);
    }

    @Test
    void shouldKeepEveryCommittedRecordWhenKilled() throws IOException {
        for (long seed = 0; seed < 60; seed++) {
            killOften(seed, seed % 3 == 0 ? Durability.INTERVAL : Durability.OS);
        }
    }

    @Test
    void shouldKeepDurablePrefixWhenPowerIsCut() throws IOException {
        for (long seed = 0; seed < 60; seed++) {
            cutPowerOften(seed, Durability.values()[(int) (seed % 3)]);
        }
        assertThat(compressed).isPositive();
        assertThat(ended).isPositive();
    }

    @Test
    @Tag("long")
    void shouldKeepItsPromisesOverManyHistories() throws IOException {
        for (long seed = 1_000; seed < 1_000 + MANY / CUTS; seed++) {
            if (seed % CUTS == 0) {
                killOften(seed, seed % 3 == 0 ? Durability.INTERVAL : Durability.OS);
            }
            cutPowerOften(seed, Durability.values()[(int) (seed % 3)]);
        }
    }
}
