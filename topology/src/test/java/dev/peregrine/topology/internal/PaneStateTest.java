/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.topology.state.Pane;
import dev.peregrine.topology.time.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Panes and timers, taken back from the log by one instance or by several, are what they were. */
class PaneStateTest {
    private static final int STEPS = 2_000;
    private static final int INSTANCES = 3;
    private static final int VALUE_LENGTH = 16;

    private final KeyRouting routing = new KeyRouting(true, 0, 1);
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[32]);
    private long watermark;

    /** Does one random thing to a state. */
    @FunctionalInterface
    private interface Act {
        void on(SplittableRandom random, int keyLength);
    }

    @Property(tries = 8, edgeCases = EdgeCasesMode.NONE)
    void shouldTakeBackValuesInPanes(@ForAll final long seed) throws IOException {
        run(seed, log -> new OffHeapPaneState("test", 1, VALUE_LENGTH, routing, log),
            of -> new OffHeapPaneState("test", 1, VALUE_LENGTH, of, null),
            state -> (random, keyLength) -> {
                final Pane pane = state.getOrCreate(random.nextInt(6));
                if (random.nextInt(10) == 0) {
                    final int entry = pane.get(key, 0, keyLength);
                    if (entry != Pane.MISSING) {
                        pane.remove(entry);
                    }
                } else {
                    final int entry = pane.getOrCreate(key, 0, keyLength);
                    pane.buffer().putLong(entry, random.nextLong());
                }
                dropSometimes(random, state);
            });
    }

    @Property(tries = 8, edgeCases = EdgeCasesMode.NONE)
    void shouldTakeBackListsInPanes(@ForAll final long seed) throws IOException {
        run(seed, log -> new OffHeapPaneState("test", 1, -1, routing, log),
            of -> new OffHeapPaneState("test", 1, -1, of, null),
            state -> (random, keyLength) -> {
                final Pane pane = state.getOrCreate(random.nextInt(6));
                final int newest = pane.get(key, 0, keyLength);
                if (newest != Pane.MISSING && random.nextInt(5) == 0) {
                    pane.remove(random.nextBoolean() || pane.previous(newest) == Pane.MISSING
                        ? newest : pane.previous(newest));
                } else if (newest != Pane.MISSING && random.nextInt(5) == 0) {
                    pane.buffer().putByte(newest, (byte) random.nextInt());
                    pane.changed(newest);
                } else {
                    final long id = newest == Pane.MISSING ? 0 : pane.idOf(newest) + 1;
                    final int entry = pane.append(key, 0, keyLength, id, 1 + random.nextInt(40));
                    pane.buffer().putByte(entry, (byte) random.nextInt());
                }
                dropSometimes(random, state);
            });
    }

    private void dropSometimes(final SplittableRandom random, final OffHeapPaneState state) {
        if (random.nextInt(200) == 0) {
            watermark += random.nextInt(3);
            state.mark(watermark);
            state.drop(random.nextInt(6));
        }
    }

    @Property(tries = 8, edgeCases = EdgeCasesMode.NONE)
    void shouldTakeBackTimers(@ForAll final long seed) throws IOException {
        run(seed, log -> new OffHeapTimers("test", 1, routing, log), of -> new OffHeapTimers("test", 1, of, null),
            timers -> (random, keyLength) -> {
                final long timeNs = watermark + random.nextLong(1L << random.nextInt(40));
                switch (random.nextInt(8)) {
                    case 0 -> {
                        watermark += random.nextLong(1L << 26);
                        for (Timer due = timers.pollEventTime(watermark); due != null;
                            due = timers.pollEventTime(watermark)) {
                            assertThat(due.timeNs()).isLessThanOrEqualTo(watermark);
                        }
                    }
                    case 1 -> timers.cancelEventTime(0, watermark + 1, key, 0, keyLength);
                    case 2 -> timers.atEventTime(0, watermark + 1, key, 0, keyLength);
                    case 3 -> timers.atProcessingTime(random.nextInt(3), timeNs, key, 0, keyLength);
                    default -> timers.atEventTime(random.nextInt(3), timeNs, key, 0, keyLength);
                }
            });
    }

    private <S extends KeptState> void run(
        final long seed, final Function<StateLog, S> kept, final Function<KeyRouting, S> again,
        final Function<S, Act> acting) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final Path directory = Files.createTempDirectory("panes");
        watermark = 0;
        try (PartitionLog log = PartitionLog.open(
            PartitionConfig.of(directory, "test").withSegmentLength(1 << 20))) {
            final StateLog stateLog = new StateLog(log.newAppender(1), 1);
            final S state = kept.apply(stateLog);
            final Act act = acting.apply(state);
            final int epochEvery = 1 + random.nextInt(200);
            final long budget = 1 + random.nextInt(20_000);
            long sweepFrom = -1;
            long replayFrom = 0;
            for (int step = 1; step <= STEPS; step++) {
                final int keyLength =
                    key.putStringWithoutLengthAscii(0, "k".repeat(random.nextInt(9)) + random.nextInt(30));
                routing.working(KeyHash.of(key, 0, keyLength));
                act.on(random, keyLength);
                if (step % epochEvery == 0 || step == STEPS) {
                    if (sweepFrom < 0 && random.nextBoolean()) {
                        sweepFrom = log.appendedPosition();
                        state.beginSweep();
                    }
                    state.logChanged(stateLog);
                    if (sweepFrom >= 0 && state.sweep(stateLog, budget)) {
                        replayFrom = sweepFrom;
                        sweepFrom = -1;
                    }
                    state.endEpoch();
                }
            }
            checkReplay(log, 0, state, again);
            checkReplay(log, replayFrom, state, again);
            stateLog.close();
            state.close();
        } finally {
            IoUtil.delete(directory.toFile(), true);
        }
    }

    private static <S extends KeptState> void checkReplay(
        final PartitionLog log, final long from, final S state, final Function<KeyRouting, S> again) {
        final KeyRouting all = new KeyRouting(true, 0, 1);
        final S whole = replay(log, from, again.apply(all), all);
        assertThat(whole.stateHash()).isEqualTo(state.stateHash());
        final List<S> parts = new ArrayList<>();
        for (int task = 0; task < INSTANCES; task++) {
            final KeyRouting part = new KeyRouting(true, task, INSTANCES);
            parts.add(replay(log, from, again.apply(part), part));
        }
        if (whole instanceof OffHeapPaneState panes) {
            assertThat(parts.stream().mapToLong(part -> ((OffHeapPaneState) part).size()).sum())
                .isEqualTo(panes.size());
            assertThat(parts).allMatch(part -> ((OffHeapPaneState) part).mark() == panes.mark());
        } else {
            assertThat(parts.stream().mapToLong(KeptState::stateHash).sum()).isEqualTo(state.stateHash());
        }
        whole.close();
        parts.forEach(KeptState::close);
    }

    private static <S extends KeptState> S replay(
        final PartitionLog log, final long from, final S state, final KeyRouting routing) {
        try (PartitionReader reader = log.newReader(from)) {
            while (reader.poll(frame -> {
                final int kind = frame.buffer().getInt(frame.payloadOffset() + StateEntryDescriptor.LOG_KIND_OFFSET);
                if (routing.owns(frame.keyHash()) || StateEntryDescriptor.isForAll(kind)) {
                    state.restore(frame.keyHash(), frame.buffer(), frame.payloadOffset());
                }
            }, 1 << 16) > 0) {
                // until nothing is there
            }
        }
        state.restored();
        return state;
    }
}
