/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.IoUtil;

/** Several instances with several states each, epoch by epoch: what the log keeps is always enough, and is bounded. */
class EpochStateWriterTest {
    private static final int INSTANCES = 2;
    private static final long TTL_NS = 500;
    private static final int SEGMENT = 1 << 18;

    /** An instance of a component as far as its states go. */
    private static final class Instance {
        final KeyRouting routing;
        final List<StateModel> models;
        final StateLog log;
        final EpochStateWriter writer;

        Instance(final int task, final CommitLog commits, final SnapshotRounds rounds, final SplittableRandom random) {
            routing = new KeyRouting(true, task, INSTANCES);
            models = List.of(new StateModels.OfCounters(2_000, 0, 1, routing),
                new StateModels.OfValues(500, TTL_NS, StateModel.NOT_BEGUN, routing),
                new StateModels.OfMaps(50, TTL_NS, 1, routing), new StateModels.OfLists(50, 0, 1, routing));
            log = commits.newStateLog(1);
            models.forEach(model -> model.state().removalLog(log));
            writer = new EpochStateWriter(models.stream().map(StateModel::state).toArray(KeptState[]::new), log, rounds,
                1 + random.nextInt(3_000));
        }

        void act(final SplittableRandom random, final int steps) {
            for (int i = 0; i < steps; i++) {
                long hash = KeyHash.of(random.nextLong());
                while (!routing.owns(hash)) {
                    hash = KeyHash.of(hash);
                }
                routing.working(hash);
                models.get(random.nextInt(models.size())).act(random);
            }
        }

        void pass(final long timeNs) {
            models.forEach(model -> model.advance(timeNs));
        }

        List<Long> hashes() {
            return models.stream().map(model -> model.state().stateHash()).toList();
        }

        void close() {
            log.close();
            models.forEach(model -> model.state().close());
        }
    }

    @Property(tries = 12, edgeCases = EdgeCasesMode.NONE)
    void shouldFindTheLastCommittedEpochAgain(@ForAll final long seed) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final Path directory = Files.createTempDirectory("state");
        final CommitLog commits = new CommitLog(
            PartitionLog.open(PartitionConfig.of(directory, "test").withSegmentLength(SEGMENT)), 7);
        final SnapshotRounds rounds = new SnapshotRounds(INSTANCES);
        final List<Instance> instances = new ArrayList<>();
        try {
            for (int task = 0; task < INSTANCES; task++) {
                instances.add(new Instance(task, commits, rounds, random));
            }
            run(random, commits, rounds, instances, 5 + random.nextInt(60));
        } finally {
            instances.forEach(Instance::close);
            commits.close();
            IoUtil.delete(directory.toFile(), true);
        }
    }

    private static void run(
        final SplittableRandom random, final CommitLog commits, final SnapshotRounds rounds,
        final List<Instance> instances, final int epochs) {
        long replayFrom = 0;
        int finished = 0;
        for (int epoch = 1; epoch <= epochs; epoch++) {
            for (final Instance instance : instances) {
                instance.act(random, random.nextInt(200));
            }
            if (!rounds.isRunning() && random.nextInt(3) == 0) {
                rounds.begin(epoch, commits.log().appendedPosition()); // some removals of the epoch stand before it
            }
            for (final Instance instance : instances) {
                instance.act(random, random.nextInt(200));
                instance.pass(epoch * 20L);
                instance.writer.endEpoch(epoch);
                instance.models.forEach(StateModel::endEpoch);
            }
            final long before = replayFrom;
            replayFrom = rounds.passed(replayFrom);
            finished += replayFrom > before ? 1 : 0;
            commits.commit(epoch, replayFrom, new LogSource[0]);
            commits.log().truncateBefore(replayFrom);
            if (random.nextInt(10) == 0) {
                check(commits, instances, instances.stream().map(Instance::hashes).toList(), true);
            }
        }
        final List<List<Long>> committed = instances.stream().map(Instance::hashes).toList();
        for (final Instance instance : instances) {
            instance.act(random, 300); // an epoch that is never committed
            instance.writer.endEpoch(epochs + 1);
        }
        check(commits, instances, committed, false);
        assertThat(epochs < 50 || finished > 0).as("a round ends").isTrue();
    }

    private static void check(
        final CommitLog commits, final List<Instance> instances, final List<List<Long>> hashes,
        final boolean modelsHold) {
        for (int task = 0; task < INSTANCES; task++) {
            final List<StateModel> models = instances.get(task).models;
            for (int i = 0; i < models.size(); i++) {
                final OffHeapState again = models.get(i).fresh(new KeyRouting(true, task, INSTANCES));
                final CommitLog.LastCommit last = CommitLog.lastCommit(commits.log());
                CommitLog.restore(commits.log(), last, again, new KeyRouting(true, task, INSTANCES));
                assertThat(again.stateHash()).isEqualTo(hashes.get(task).get(i));
                if (modelsHold) {
                    models.get(i).check(again);
                }
                again.close();
            }
        }
    }
}
