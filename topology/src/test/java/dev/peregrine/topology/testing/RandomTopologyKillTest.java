/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.Peregrine;
import dev.peregrine.core.testing.ChildJvm;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.testing.RandomTopology.Kind;
import dev.peregrine.topology.testing.RandomTopology.Node;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random topologies with random input in a process that is killed, again and again, and started anew with other numbers of
 * threads and instances: in the end streams, tables and states are those of a sequential run. A failure names its seed;
 * {@code -Dseed=N} takes that topology and its input again, {@code -Drounds=N} so many kills.
 */
class RandomTopologyKillTest {
    private static final int ROUNDS = 20;
    private static final int LONG_ROUNDS = 500;
    private static final int KILLS_OF_ONE = 4;
    private static final int MIDDLE_OF_WORK_MS = 300;
    private static final int MOST_ITEMS = 20_000;
    private static final long LIFE_NS = 1_000_000_000;
    private static final long PATIENCE_NS = 30_000_000_000L;

    @TempDir
    private Path directory;

    private static RandomTopology topology(final long seed) {
        return RandomTopology.of(new SplittableRandom(seed), false);
    }

    private static SplittableRandom random(final long seed, final int life) {
        return new SplittableRandom(Item.mix(seed, life));
    }

    private static Peregrine open(final Path directory, final RandomTopology topology) {
        final Peregrine engine = Peregrine.open(directory);
        topology.streams().forEach((name, partitions) ->
            engine.provisionStream(StreamConfig.of(name).withPartitions(partitions).withSegmentLength(1 << 20)));
        engine.provisionTable(TableConfig.of(RandomTopology.TABLE));
        engine.provisionCache(new CacheConfig(RandomTopology.CACHE, CacheConfig.MIN_CAPACITY_BYTES));
        return engine;
    }

    private static List<Publisher> publishers(final Peregrine engine, final RandomTopology topology) {
        final List<Publisher> publishers = new ArrayList<>();
        for (final Node node : topology.nodes()) {
            if (node.kind() == Kind.SOURCE) {
                publishers.add(engine.publisher(RandomTopology.in(node.number()), "random"));
            }
        }
        return publishers;
    }

    /** The child: publishes while the topology runs, and then waits for its death. */
    public static void main(final String[] args) {
        final long seed = Long.parseLong(args[1]);
        final int life = Integer.parseInt(args[2]);
        final RandomTopology random = topology(seed);
        final SplittableRandom choices = random(seed, life);
        try (Peregrine engine = open(Path.of(args[0]), random)) {
            final RunningTopology running = engine.submit(random.build(choices));
            final long before = running.eventsCommitted();
            final List<Publisher> publishers = publishers(engine, random);
            final RandomItems items = new RandomItems(choices, random.hasLate(), (long) life << 32, life * LIFE_NS);
            boolean told = false;
            for (int i = 0; running.failure() == null; i++) {
                if (i < MOST_ITEMS) {
                    items.publish(publishers.get(choices.nextInt(publishers.size())));
                }
                if (i % 50 == 0) {
                    LockSupport.parkNanos(100_000);
                }
                if (!told && running.eventsCommitted() > before) {
                    told = true;
                    System.out.println("running");
                }
            }
            System.out.println(running.failure());
        }
    }

    @Test
    @Timeout(400)
    void shouldBeExactOverKills() throws Exception {
        final Long seed = Long.getLong("seed");
        if (seed != null) {
            run(seed);
        } else {
            runAll(0, ROUNDS);
        }
    }

    @Test
    @Tag("long")
    @Timeout(14_400)
    void shouldBeExactOverManyKills() throws Exception {
        runAll(1_000, Integer.getInteger("rounds", LONG_ROUNDS));
    }

    private void runAll(final long firstSeed, final int rounds) throws Exception {
        for (int i = 0; i < rounds / KILLS_OF_ONE; i++) {
            run(firstSeed + i);
        }
    }

    private void run(final long seed) throws Exception {
        final RandomTopology topology = topology(seed);
        final String context = "seed " + seed + ": " + topology;
        final Path home = directory.resolve("seed-" + seed);
        final SplittableRandom moments = random(seed, -1);
        final List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("--add-")).toList();
        for (int life = 0; life < KILLS_OF_ONE; life++) {
            try (ChildJvm child = ChildJvm.start(RandomTopologyKillTest.class, flags, home.toString(),
                Long.toString(seed), Integer.toString(life))) {
                assertThat(child.readLine()).as(context).isEqualTo("running");
                Thread.sleep(moments.nextInt(MIDDLE_OF_WORK_MS)); // the kill comes at any point of its work
                child.kill();
                assertThat(child.readAll()).as(context).isEmpty();
            }
        }
        finish(seed, topology, home);
        ScratchFiles.deleteTree(home);
    }

    private static void finish(final long seed, final RandomTopology topology, final Path home) throws Exception {
        RandomStages.clear();
        final SplittableRandom choices = random(seed, KILLS_OF_ONE);
        try (Peregrine engine = open(home, topology)) {
            final RunningTopology running = engine.submit(topology.build(choices));
            final RandomItems items = new RandomItems(choices, topology.hasLate(), (long) KILLS_OF_ONE << 32,
                KILLS_OF_ONE * LIFE_NS);
            final List<Publisher> publishers = publishers(engine, topology);
            publishers.forEach(items::close);
            CloseHelper.closeAll(publishers);
            running.awaitDrained();
            final ResultCheck check = new ResultCheck(topology,
                (stream, partition) -> engine.stream(stream).partition(partition),
                engine.table(RandomTopology.TABLE), "seed " + seed);
            final long startNs = System.nanoTime();
            while (!check.areDelaysOver() && System.nanoTime() - startNs < PATIENCE_NS) {
                Thread.sleep(1); // timers in processing time, and the epoch after them
            }
            running.close();
            check.check();
        }
    }
}
