/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.store.Cache;
import dev.peregrine.topology.Topology;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.agrona.CloseHelper;

/**
 * One seed of the simulation: a random topology with the streams, tables and logs of an engine, on one thread. The seed
 * says which of the topology's threads does a duty cycle next, when records are published, how the clock moves, and at
 * which call of a stage, of the file system or of a ring that waits the process dies. What it has written by then is
 * copied, and the next life goes on from the copy, with other numbers of threads and instances. The last life goes on to
 * the end.
 */
final class SimulatedRun {
    private static final int MOST_LIVES = 4;
    private static final int MOST_STEPS = 400;
    private static final int MOST_IDLE_ROUNDS = 20_000;
    private static final long LIFE_NS = 1_000_000_000;
    private static final int NEVER = Integer.MAX_VALUE;

    private final SplittableRandom random;
    private final Path home;
    private final RandomTopology topology;
    private final ManualClock clock = new ManualClock(1);
    private final String context;
    private final List<Publisher> publishers = new ArrayList<>();
    private SteppedEngine engine;
    private Topology running;
    private RandomItems items;
    private Path directory;
    private int life;
    private int callsToCrash = NEVER;

    SimulatedRun(final long seed, final Path home) {
        this.random = new SplittableRandom(seed);
        this.home = home;
        this.topology = RandomTopology.of(random, true);
        this.context = "seed " + seed;
        this.directory = home.resolve("life-0");
    }

    /** Runs all lives and checks what they leave. */
    void run() throws IOException {
        RandomStages.clear();
        RandomStages.crashPoint(this::crashPoint);
        try {
            for (int lives = random.nextInt(MOST_LIVES); lives > 0; lives--) {
                live();
                life++;
            }
            finish();
        } catch (final RuntimeException e) {
            throw new AssertionError(context + ", life " + life + ": " + topology, e);
        } finally {
            RandomStages.crashPoint(() -> { });
        }
    }

    /** Where the process may die: copies what it leaves, and ends the call. */
    private void crashPoint() {
        if (callsToCrash != NEVER && --callsToCrash <= 0) {
            callsToCrash = NEVER;
            die();
            throw new SimulatedCrash();
        }
    }

    private void die() {
        final Path next = home.resolve("life-" + (life + 1));
        SteppedEngine.copy(directory, next);
        directory = next;
    }

    private FilesFacade files() {
        final ScratchFiles files = new ScratchFiles();
        return (FilesFacade) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {FilesFacade.class},
            (proxy, method, arguments) -> {
                if (!method.getName().equals("fence")) {
                    crashPoint();
                }
                try {
                    return method.invoke(files, arguments);
                } catch (final InvocationTargetException e) {
                    throw e.getCause();
                }
            });
    }

    private Cache cache() {
        return (Cache) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Cache.class},
            (proxy, method, arguments) -> {
                crashPoint(); // while the rows of an epoch are applied
                return method.getName().equals("put") ? Boolean.TRUE : null;
            });
    }

    private void open() throws IOException {
        Files.createDirectories(directory);
        running = topology.build(random);
        final List<StreamConfig> streams = topology.streams().entrySet().stream().sorted(Map.Entry.comparingByKey())
            .map(entry -> StreamConfig.of(entry.getKey()).withPartitions(entry.getValue()).withSegmentLength(1 << 16))
            .toList();
        engine = new SteppedEngine(directory, files(), running, streams,
            topology.hasTable() ? List.of(RandomTopology.TABLE) : List.of(),
            Map.of(RandomTopology.CACHE, cache()), clock,
            1 << random.nextInt(2, 8), random::nextInt, this::crashPoint);
        for (final RandomTopology.Node node : topology.nodes()) {
            if (node.kind() == RandomTopology.Kind.SOURCE) {
                publishers.add(engine.bus().publisher(RandomTopology.in(node.number()), "simulation"));
            }
        }
        items = new RandomItems(random, topology.hasLate(), (long) life << 32, life * LIFE_NS);
    }

    private void live() throws IOException {
        final boolean crashes = random.nextInt(4) > 0;
        final Path before = directory;
        callsToCrash = crashes && random.nextInt(3) > 0 ? 1 + random.nextInt(1 << random.nextInt(4, 12)) : NEVER;
        try {
            open();
            for (int steps = random.nextInt(MOST_STEPS); steps > 0; steps--) {
                step();
            }
            if (crashes) {
                callsToCrash = 1;
                crashPoint();
            }
            close();
        } catch (final SimulatedCrash e) {
            callsToCrash = NEVER;
            bury(before);
        }
    }

    /** Frees the memory of a process that is dead; what it writes meanwhile is deleted. */
    private void bury(final Path before) throws IOException {
        try {
            close();
        } catch (final RuntimeException e) {
            // it is dead
        }
        RandomStages.STATES.clear();
        ScratchFiles.deleteTree(before);
    }

    private void close() {
        try {
            CloseHelper.closeAll(publishers);
            CloseHelper.close(engine);
        } finally {
            publishers.clear();
            engine = null;
        }
    }

    private void step() {
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                for (int i = random.nextInt(20); i > 0; i--) {
                    items.publish(publishers.get(random.nextInt(publishers.size())));
                }
            }
            case 2 -> clock.advance(random.nextLong(running.epochIntervalMicros() * 1_500));
            case 3 -> engine.housekeeping();
            default -> engine.step(random.nextInt(engine.threads()));
        }
    }

    /** The last life: everything is read, committed and applied, windows and delays end, then all is compared. */
    private void finish() throws IOException {
        RandomStages.STATES.clear();
        open();
        for (int i = random.nextInt(200); i > 0; i--) {
            items.publish(publishers.get(random.nextInt(publishers.size())));
        }
        publishers.forEach(items::close);
        settle();
        clock.advance(LIFE_NS); // delays end
        settle();
        engine.runtime().close();
        check();
        close();
        if (random.nextInt(4) == 0) { // it takes its time
            RandomStages.STATES.clear();
            open();
            engine.runtime().close(); // what it has restored shows
            check();
            close();
        }
    }

    private void check() {
        new ResultCheck(topology, (stream, partition) -> engine.bus().stream(stream).partition(partition),
            topology.hasTable() ? engine.tables().table(RandomTopology.TABLE) : null, context).check();
    }

    private void settle() {
        int idle = 0;
        int rounds = 0;
        while (idle < 10) {
            clock.advance(running.epochIntervalMicros() * 1_000);
            int work = 0;
            for (int i = 0; i < 2 * engine.threads(); i++) {
                work += engine.step(random.nextInt(engine.threads()));
            }
            work += engine.stepAll();
            idle = work == 0 && engine.runtime().isDrained() ? idle + 1 : 0;
            if (++rounds > MOST_IDLE_ROUNDS) {
                throw new IllegalStateException("the topology does not come to rest");
            }
        }
    }
}
