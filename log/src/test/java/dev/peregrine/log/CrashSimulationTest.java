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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills the process and cuts the power at random moments of random histories, in this process. */
@Timeout(600)
class CrashSimulationTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 900;
    private static final int PRODUCERS = 3;

    @TempDir
    private Path directory;

    /** What was appended, per producer: the end position of each committed record. */
    private final List<List<Long>> ends = new ArrayList<>();

    private static PartitionConfig config(final Path at, final Durability durability) {
        return PartitionConfig.of(at, "crash/0").withSegmentLength(SEGMENT_LENGTH).withDurability(durability, 0);
    }

    private void newHistory() {
        ends.clear();
        for (int i = 0; i < PRODUCERS; i++) {
            ends.add(new ArrayList<>());
        }
    }

    private void append(final Appender[] appenders, final int producer) {
        final List<Long> mine = ends.get(producer);
        mine.add(Records.append(appenders[producer], producer, mine.size(), LONGEST));
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
                final int producer = random.nextInt(PRODUCERS);
                final int what = random.nextInt(100);
                if (what < 3 && claimsStayOpen) {
                    log.claim(FrameDescriptor.ALIGNMENT * (1 + random.nextInt(20))); // died before its first store
                } else if (what < 8 && claimsStayOpen && !open[producer]) {
                    final long next = ends.get(producer).size();
                    final int length = Records.length(producer, next, LONGEST);
                    Records.write(appenders[producer], appenders[producer].claim(length), producer, next, length);
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
                } else if (!open[producer]) {
                    append(appenders, producer);
                }
            }
        }
    }

    /** Opens what a crash left and checks it against the history, which goes on from what was kept. */
    private void checkAndAdopt(final PartitionLog log, final long mustReach, final boolean allCommitted) {
        final Map<Long, List<Long>> read = Records.readAll(log, 0, LONGEST);
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
        for (int round = 0; round < 4; round++) {
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

    private void cutPowerOften(final long seed, final Durability durability) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        newHistory();
        Path at = directory.resolve("power-" + seed + durability);
        Files.createDirectories(at);
        long durable = 0;
        for (int round = 0; round < 4; round++) {
            final Path image = at.resolveSibling(at.getFileName() + "-" + round);
            final PowerCutFiles files = new PowerCutFiles();
            files.load(at);
            try (PartitionLog log = PartitionLog.open(config(at, durability).withFiles(files))) {
                checkAndAdopt(log, durable, false);
                live(log, random, durability != Durability.SYNC, files);
                durable = log.durablePosition();
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
    }

    @Test
    @Tag("long")
    void shouldKeepItsPromisesOverManyHistories() throws IOException {
        for (long seed = 1_000; seed < 1_500; seed++) {
            killOften(seed, seed % 3 == 0 ? Durability.INTERVAL : Durability.OS);
            cutPowerOften(seed, Durability.values()[(int) (seed % 3)]);
        }
    }
}
