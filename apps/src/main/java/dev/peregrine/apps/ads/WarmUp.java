/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.Peregrine;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.topology.RunningTopology;
import java.io.File;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.agrona.IoUtil;

/**
 * Lets the JVM compile the whole way of an event before anything is measured: replays rows through a scratch engine,
 * round by round, until a round no longer makes the compiler work. The scratch engine's directory lies in the data
 * directory and is deleted at the end: its pages are then the ones that the run to come is given first.
 */
final class WarmUp {
    private static final String DIRECTORY = "warm-up";
    private static final long ROWS_PER_ROUND = 400_000;
    private static final long PACED_ROUND_MS = 500;
    private static final int MIN_ROUNDS = 4;
    private static final long MAX_MS = 10_000;
    /** A round is quiet when the compiler worked for less than this part of it. */
    private static final double QUIET = 0.05;

    private WarmUp() {
    }

    /** A part of the warm-up. */
    private interface Round {
        void run() throws InterruptedException;
    }

    /** Runs, flat out and then at the rate if one is given, and returns how long it took, milliseconds. */
    static long run(
        final Path dataDirectory, final EncodedRows rows, final int threads, final long ratePerSecond)
        throws InterruptedException {
        final File scratch = dataDirectory.resolve(DIRECTORY).toFile();
        IoUtil.delete(scratch, true); // of an earlier run that was killed
        final long start = System.currentTimeMillis();
        try (Peregrine engine = Peregrine.open(scratch.toPath())) {
            AdsDemo.provision(engine);
            try (Publisher publisher = engine.publisher(AdsTopology.STREAM, AdsDemo.PUBLISHER);
                RunningTopology topology = engine.submit(AdsDemo.topology(threads))) {
                final AdsReplay replay = new AdsReplay(rows, publisher);
                final long end = start + MAX_MS;
                untilQuiet(end, () -> {
                    replay.runFlatOut(replay.published() + ROWS_PER_ROUND, () -> committed(topology));
                    topology.awaitDrained();
                });
                if (ratePerSecond > 0) {
                    final long rowsPerRound = Math.max(1, ratePerSecond * PACED_ROUND_MS / 1_000);
                    untilQuiet(end, () -> replay.runAtRate(replay.published() + rowsPerRound, ratePerSecond));
                }
            }
        } finally {
            IoUtil.delete(scratch, true);
        }
        return System.currentTimeMillis() - start;
    }

    private static void untilQuiet(final long end, final Round round) throws InterruptedException {
        final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        for (int rounds = 1; System.currentTimeMillis() < end && !Thread.currentThread().isInterrupted(); rounds++) {
            final long start = System.currentTimeMillis();
            final long compiled = compiler.getTotalCompilationTime();
            round.run();
            final long tookMs = System.currentTimeMillis() - start;
            if (rounds >= MIN_ROUNDS && compiler.getTotalCompilationTime() - compiled < QUIET * tookMs) {
                return;
            }
        }
    }

    private static long committed(final RunningTopology topology) {
        if (topology.failure() != null) {
            throw AdsDemo.failed(topology); // or the replay would wait for it forever
        }
        return topology.eventsCommitted();
    }
}
