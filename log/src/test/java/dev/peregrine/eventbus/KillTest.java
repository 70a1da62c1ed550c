/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.testing.ChildJvm;
import dev.peregrine.eventbus.KillVictim.Kind;
import dev.peregrine.log.Durability;
import dev.peregrine.log.InspectionReport;
import dev.peregrine.log.LogInspector;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of a process that publishes records, batches and long messages with several threads, while segments are
 * compressed, compacted and truncated behind them, over and over on the same log: every acknowledged record is there once,
 * in order and unharmed; of what was being published when the kill fell, all or nothing.
 */
@Timeout(3_600)
class KillTest {
    private static final int ROUNDS = 20;
    private static final int MANY_ROUNDS = Integer.getInteger("peregrine.kills", 1_000);
    private static final int MIRROR_ROUNDS = 6;
    private static final int MANY_MIRROR_ROUNDS = Integer.getInteger("peregrine.kills", 1_000) / 5;
    private static final int SIGKILL = 128 + 9;
    private static final Kind[] KINDS = Kind.values();

    @TempDir
    private Path directory;

    private final List<String> flags = new ArrayList<>();
    private KillVictim.Journal journal;
    /** Where the second copies go, or null. */
    private Path mirror;
    private int copiesLost;
    /** Rounds in which the kill fell into a publish of a kind; into a commit of the subscription. */
    private final int[] inFlight = new int[KINDS.length + 1];
    private int inFlightRounds;
    /** The committed place of the subscription. */
    private long place;
    private boolean placeMayGoBack;
    private int holes;
    private int unfinishedFiles;
    private int compressed;
    private long compacted;

    @BeforeEach
    void prepare() throws IOException {
        for (final String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--add") || flag.startsWith("--sun") || flag.startsWith("--enable-native")) {
                flags.add(flag);
            }
        }
        flags.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-Xshare:auto"));
        journal = new KillVictim.Journal(directory.resolve("journal"));
        try (EventBus bus = open()) {
            bus.provision(StreamConfig.of(KillVictim.STREAM).withSegmentLength(KillVictim.SEGMENT_LENGTH)
                .withCompressionLevel(1).withCompaction(new Compaction(true, 0, 0)));
            bus.subscribe(KillVictim.STREAM, KillVictim.SUBSCRIPTION).close();
        }
    }

    private Path data() {
        return directory.resolve("data");
    }

    private EventBus open() {
        return EventBus.open(data(), mirror, FilesFacade.SYSTEM);
    }

    /** Lets the victim work until every publisher has been acknowledged so often, and kills it. */
    private void live(final long turns) throws Exception {
        journal.clear();
        final List<String> arguments =
            new ArrayList<>(List.of(data().toString(), directory.resolve("journal").toString()));
        if (mirror != null) {
            arguments.add(mirror.toString());
        }
        try (ChildJvm victim = ChildJvm.start(KillVictim.class, flags, arguments.toArray(String[]::new))) {
            final ProcessHandle process = ProcessHandle.of(victim.pid()).orElseThrow();
            while (journal.slowest() < turns && process.isAlive()) {
                LockSupport.parkNanos(100_000);
            }
            victim.kill();
            assertThat(victim.readAll()).isEmpty();
            assertThat(victim.awaitExit()).isEqualTo(SIGKILL);
        }
    }

    /**
     * With the kill goes one copy of the partition: the second, or either under {@link Durability#SYNC}, where both have
     * what is acknowledged. The subscription may then have read what was not acknowledged, so its place may go back.
     */
    private void loseACopy(final int round, final Durability durability) {
        if (mirror != null && round % 2 == 1) {
            final boolean first = durability == Durability.SYNC && round % 4 == 1;
            final Path lost = (first ? data() : mirror).resolve(KillVictim.STREAM).resolve("partition-0");
            assertThat(lost).isDirectory();
            IoUtil.delete(lost.toFile(), false);
            copiesLost += first ? 1 : 0;
            placeMayGoBack = first;
        }
    }

    /** Where the kill fell, as the journal has it. */
    private void count() throws IOException {
        int publishing = 0;
        for (int i = 0; i < inFlight.length; i++) {
            final int fell = journal.begun(i) > journal.ended(i) ? 1 : 0;
            inFlight[i] += fell;
            publishing += i < KINDS.length ? fell : 0;
        }
        inFlightRounds += publishing > 0 ? 1 : 0;
        try (Stream<Path> files = Files.list(data().resolve(KillVictim.STREAM).resolve("partition-0"))) {
            final List<String> names = files.map(Path::toString).toList();
            unfinishedFiles += names.stream().anyMatch(name -> name.endsWith(".new")) ? 1 : 0;
            compressed += names.stream().anyMatch(name -> name.endsWith(".zst")) ? 1 : 0;
        }
    }

    private void check(final EventBus bus) {
        final PartitionLog log = bus.stream(KillVictim.STREAM).partition(0);
        holes += log.recovery().holesSealed();
        final long[] last = new long[KINDS.length];
        Arrays.fill(last, -1);
        final BitSet keyed = new BitSet();
        final long[] offset = {log.startOffset() - 1};
        try (PartitionReader reader = log.newReader(0)) {
            while (reader.poll(frame -> {
                final Kind kind = KINDS[frame.templateId()];
                final int i = kind.ordinal();
                KillVictim.check(kind, frame);
                final boolean inOrder = frame.producerId() == KillVictim.producerId(kind)
                    && frame.offset() > offset[0]
                    && (kind == Kind.KEYED ? frame.sequence() > last[i] : last[i] < 0 || frame.sequence() == last[i] + 1);
                assertThat(inOrder).as("%s %d behind %d", kind, frame.sequence(), last[i]).isTrue();
                if (kind == Kind.KEYED) {
                    keyed.set((int) frame.sequence());
                }
                last[i] = frame.sequence();
                offset[0] = frame.offset();
            }, 1_000) > 0) {
                // to the end
            }
        }
        long records = 0;
        for (final Kind kind : KINDS) {
            final int i = kind.ordinal();
            assertThat(last[i]).as(kind.name()).isBetween(journal.ended(i), journal.begun(i));
            assertThat(last[i]).as("all or nothing of %s", kind).isIn(journal.ended(i), journal.begun(i));
            assertThat(log.lastSequence(KillVictim.producerId(kind))).isEqualTo(last[i]);
            records += last[i] + 1;
        }
        assertThat(log.endOffset()).as("each is there once").isEqualTo(records);
        final long lastKeyed = last[Kind.KEYED.ordinal()];
        for (long latest = Math.max(keyed.nextSetBit(0), lastKeyed - KillVictim.KEYS + 1); latest < lastKeyed; latest++) {
            assertThat(keyed.get((int) latest)).as("the latest of key %d", latest % KillVictim.KEYS).isTrue();
        }
        final long now = bus.describeSubscription(KillVictim.STREAM, KillVictim.SUBSCRIPTION).places().get(0).offset();
        assertThat(now).isBetween(placeMayGoBack ? 0 : Math.max(place, journal.ended(KINDS.length)),
            Math.max(place, journal.begun(KINDS.length)));
        place = now;
        placeMayGoBack = false;
    }

    private void inspect() {
        final InspectionReport report = LogInspector.inspect(
            FilesFacade.SYSTEM, data().resolve(KillVictim.STREAM).resolve("partition-0"), frame -> { });
        assertThat(report.defects()).isEmpty();
        compacted = Math.max(compacted, report.compactedRecords());
    }

    private void kill(final int rounds) throws Exception {
        final SplittableRandom random = new SplittableRandom(rounds);
        for (int round = 0; round < rounds; round++) {
            final Durability durability = Durability.values()[round % 3];
            try (EventBus bus = open()) {
                bus.alter(bus.stream(KillVictim.STREAM).config().withDurability(durability, 1));
            }
            live(random.nextInt(2, durability == Durability.SYNC ? 30 : 150));
            count();
            loseACopy(round, durability);
            try (EventBus bus = open()) {
                check(bus);
                assertThat(bus.degraded()).isEmpty();
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError("round " + round + " under " + durability + ": " + e.getMessage(), e);
            }
            if (round % 5 == 4) {
                inspect();
            }
        }
        final String summary = rounds + " kills, " + inFlightRounds + " into a publish; by kind and commit "
            + Arrays.toString(inFlight) + ", " + holes + " holes sealed, " + unfinishedFiles + " with an unfinished file, "
            + compressed + " with compressed segments, " + compacted + " records compacted";
        if (rounds > ROUNDS) {
            System.out.println(summary);
        }
        if (rounds < ROUNDS) {
            return; // too few to count on chance
        }
        assertThat(inFlightRounds).as(summary).isGreaterThan(rounds / 2);
        assertThat(inFlight[Kind.MESSAGES.ordinal()]).as(summary).isPositive();
        if (rounds > ROUNDS) { // how far maintenance comes in few and short lives is chance
            assertThat(compressed).isPositive();
        }
        if (rounds >= MANY_ROUNDS) { // few lives come so far: 40 records in one run of a thousand
            assertThat(compacted).isPositive();
        }
    }

    @Test
    void shouldKeepWhatWasAcknowledgedAndTearNothing() throws Exception {
        kill(ROUNDS);
    }

    @Test
    @Tag("long")
    void shouldKeepWhatWasAcknowledgedOverAThousandKills() throws Exception {
        kill(MANY_ROUNDS);
    }

    private void killWithTwoCopies(final int rounds) throws Exception {
        mirror = directory.resolve("mirror");
        try (EventBus bus = open()) {
            bus.alter(bus.stream(KillVictim.STREAM).config().withCopies(2));
        }
        kill(rounds);
        assertThat(copiesLost).as("losses of the first copy").isPositive();
    }

    @Test
    void shouldKeepWhatWasAcknowledgedWithEitherOfTwoCopies() throws Exception {
        killWithTwoCopies(MIRROR_ROUNDS);
    }

    @Test
    @Tag("long")
    void shouldKeepWhatWasAcknowledgedWithEitherOfTwoCopiesOverManyKills() throws Exception {
        killWithTwoCopies(MANY_MIRROR_ROUNDS);
    }
}
