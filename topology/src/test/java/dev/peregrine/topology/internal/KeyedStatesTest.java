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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keyed states do what plain models do, tell what has changed, forget what has expired; and what they log makes them anew,
 * from the log's begin and from that of the last sweep, in one instance or in several.
 */
class KeyedStatesTest {
    private static final int STEPS = 4_000;
    private static final long TTL_NS = 1_000;
    private static final int INSTANCES = 3;

    @Property(tries = 15, edgeCases = EdgeCasesMode.NONE)
    void shouldKeepValues(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 3_000) final int keys, @ForAll final boolean expires)
        throws IOException {
        final KeyRouting routing = new KeyRouting(true, 0, 1);
        final StateModel model = new StateModels.OfValues(keys, ttl(expires), start(seed), routing);
        run(new SplittableRandom(seed), model, routing);
    }

    @Property(tries = 15, edgeCases = EdgeCasesMode.NONE)
    void shouldKeepCounters(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 3_000) final int keys, @ForAll final boolean expires)
        throws IOException {
        final KeyRouting routing = new KeyRouting(true, 0, 1);
        final StateModel model = new StateModels.OfCounters(keys, ttl(expires), start(seed), routing);
        run(new SplittableRandom(seed), model, routing);
    }

    @Property(tries = 15, edgeCases = EdgeCasesMode.NONE)
    void shouldKeepBytes(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 3_000) final int keys, @ForAll final boolean expires)
        throws IOException {
        final KeyRouting routing = new KeyRouting(true, 0, 1);
        final StateModel model = new StateModels.OfBytes(keys, ttl(expires), start(seed), routing);
        run(new SplittableRandom(seed), model, routing);
    }

    @Property(tries = 15, edgeCases = EdgeCasesMode.NONE)
    void shouldKeepMaps(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 300) final int keys, @ForAll final boolean expires)
        throws IOException {
        final KeyRouting routing = new KeyRouting(true, 0, 1);
        final StateModel model = new StateModels.OfMaps(keys, ttl(expires), start(seed), routing);
        run(new SplittableRandom(seed), model, routing);
    }

    @Property(tries = 15, edgeCases = EdgeCasesMode.NONE)
    void shouldKeepLists(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 300) final int keys, @ForAll final boolean expires)
        throws IOException {
        final KeyRouting routing = new KeyRouting(true, 0, 1);
        final StateModel model = new StateModels.OfLists(keys, ttl(expires), start(seed), routing);
        run(new SplittableRandom(seed), model, routing);
    }

    @Test
    void shouldLogNothingOfWhatComesAndGoesWithinAnEpoch(@TempDir final Path directory) {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[Long.BYTES]);
        try (PartitionLog log = PartitionLog.open(
            PartitionConfig.of(directory, "test").withSegmentLength(1 << 20))) {
            final StateLog stateLog = new StateLog(log.newAppender(1), 1);
            final OffHeapValueState state = new OffHeapValueState("test", 1, Long.BYTES, Long.BYTES);
            state.removalLog(stateLog);

            state.getOrCreate(key, 0, Long.BYTES);
            state.getOrCreate(7);
            assertThat(state.remove(key, 0, Long.BYTES)).isTrue();
            assertThat(stateLog.written()).isZero();
            state.logChanged(stateLog);
            state.endEpoch();
            final long afterOneEntry = stateLog.written();
            assertThat(afterOneEntry).isPositive();

            key.putLong(0, 7);
            assertThat(state.remove(key, 0, Long.BYTES)).isTrue();
            assertThat(stateLog.written()).isGreaterThan(afterOneEntry);
            state.close();
            stateLog.close();
        }
    }

    private static long ttl(final boolean expires) {
        return expires ? TTL_NS : 0;
    }

    /** Time has sometimes not begun when the first entries are written. */
    private static long start(final long seed) {
        return (seed & 1) == 0 ? StateModel.NOT_BEGUN : 7;
    }

    private static void run(
        final SplittableRandom random, final StateModel model, final KeyRouting routing) throws IOException {
        final OffHeapState state = model.state();
        final Path directory = Files.createTempDirectory("state");
        try (PartitionLog log = PartitionLog.open(
            PartitionConfig.of(directory, "test").withSegmentLength(1 << 20))) {
            final StateLog stateLog = new StateLog(log.newAppender(1), 1);
            state.removalLog(stateLog);
            long sweepFrom = -1;
            long replayFrom = 0;
            final int epochEvery = 1 + random.nextInt(200);
            final long budget = 1 + random.nextInt(20_000);
            for (int step = 1; step <= STEPS; step++) {
                routing.working(KeyHash.of(random.nextLong()));
                model.act(random);
                if (model.nowNs != StateModel.NOT_BEGUN && random.nextInt(4) == 0) {
                    model.advance(model.nowNs + random.nextInt(5));
                }
                if (step % epochEvery == 0 || step == STEPS) {
                    if (model.nowNs == StateModel.NOT_BEGUN && step > STEPS / 3) {
                        model.advance(1_000);
                    }
                    if (random.nextInt(4) == 0 || step == STEPS) {
                        model.check(state);
                    }
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
                    model.endEpoch();
                }
            }
            checkReplay(log, 0, model, state);
            checkReplay(log, replayFrom, model, state);
            stateLog.close();
        } finally {
            state.close();
            IoUtil.delete(directory.toFile(), true);
        }
    }

    private static void checkReplay(
        final PartitionLog log, final long from, final StateModel model, final OffHeapState state) {
        final OffHeapState again = replay(log, from, model, new KeyRouting(true, 0, 1));
        model.check(again);
        assertThat(again.stateHash()).isEqualTo(state.stateHash());
        again.close();
        long sum = 0;
        int keys = 0;
        for (int task = 0; task < INSTANCES; task++) {
            final OffHeapState part = replay(log, from, model, new KeyRouting(true, task, INSTANCES));
            sum += part.stateHash();
            keys += model.contentOf(part, false).size();
            part.close();
        }
        assertThat(sum).isEqualTo(state.stateHash()); // the hash is a sum over keys
        assertThat(keys).isEqualTo(model.contentOf(state, false).size());
    }

    private static OffHeapState replay(
        final PartitionLog log, final long from, final StateModel model, final KeyRouting routing) {
        final OffHeapState state = model.fresh(routing);
        try (PartitionReader reader = log.newReader(from)) {
            while (reader.poll(frame -> {
                final int kind = frame.buffer().getInt(frame.payloadOffset() + StateEntryDescriptor.LOG_KIND_OFFSET);
                if (routing.owns(frame.keyHash()) || kind == StateEntryDescriptor.CLOCK) {
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
