/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.Peregrine;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.topology.RunningTopology;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.agrona.IoUtil;

/**
 * Lets the JVM compile the whole way of an event before anything is measured: replays rows through a scratch engine,
 * round by round, until a round no longer makes the compiler work. The scratch engine's directory lies in the data
 * directory and is deleted at the end.
 */
final class WarmUp {
    private static final String DIRECTORY = "warm-up";
    private static final long ROWS_PER_ROUND = 400_000;
    private static final int MIN_ROUNDS = 4;
    private static final long MAX_MS = 10_000;
    /** A round is quiet when the compiler worked for less than this part of it. */
    private static final double QUIET = 0.05;

    private WarmUp() {
    }

    /** Runs and returns how long it took, milliseconds. */
    static long run(final Path dataDirectory, final EncodedRows rows, final int threads) throws InterruptedException {
        final Path scratch = dataDirectory.resolve(DIRECTORY);
        IoUtil.delete(scratch.toFile(), true); // an earlier one that was killed
        final long start = System.currentTimeMillis();
        try (Peregrine engine = Peregrine.open(scratch)) {
            AdsDemo.provision(engine);
            try (Publisher publisher = engine.publisher(AdsTopology.STREAM, AdsDemo.PUBLISHER);
                RunningTopology topology = engine.submit(AdsDemo.topology(threads))) {
                final AdsReplay replay = new AdsReplay(rows, publisher);
                final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
                for (int round = 1; System.currentTimeMillis() - start < MAX_MS; round++) {
                    final long roundStart = System.currentTimeMillis();
                    final long compiled = compiler.getTotalCompilationTime();
                    replay.runFlatOut(round * ROWS_PER_ROUND, () -> committed(topology));
                    topology.awaitDrained();
                    final long roundMs = System.currentTimeMillis() - roundStart;
                    if (round >= MIN_ROUNDS && compiler.getTotalCompilationTime() - compiled < QUIET * roundMs) {
                        break;
                    }
                }
            }
        } finally {
            IoUtil.delete(scratch.toFile(), true);
        }
        return System.currentTimeMillis() - start;
    }

    private static long committed(final RunningTopology topology) {
        if (topology.failure() != null) {
            throw AdsDemo.failed(topology); // or the replay would wait for it forever
        }
        return topology.eventsCommitted();
    }
}
