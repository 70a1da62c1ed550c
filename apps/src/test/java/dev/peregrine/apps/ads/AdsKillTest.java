/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.Peregrine;
import dev.peregrine.app.DemoReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the demo with SIGKILL at random moments, ten times, and lets it finish: every count must be exact. */
class AdsKillTest {
    private static final int ROUNDS = 10;
    /** One round in so many is killed at any moment from the JVM's start on, recovery included. */
    private static final int EARLY_EVERY = 3;
    private static final long EVENTS = 12_000_000;

    @TempDir
    private Path directory;

    private Process start(final int threads) throws Exception {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("--add") || flag.startsWith("--sun") || flag.startsWith("--enable"))
            .forEach(command::add);
        command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"),
            "dev.peregrine.apps.ads.DemoChild", directory.toString(), Long.toString(EVENTS), Integer.toString(threads)));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** Waits until the child says that it counts; false if it ended before. */
    private static boolean awaitCounting(final Process child) throws IOException {
        final BufferedReader lines =
            new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
        String line;
        while ((line = lines.readLine()) != null) {
            if (DemoChild.COUNTING.equals(line)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldCountExactlyAfterKills() throws Exception {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int killedCounting = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final Process child = start(1 + round % 2);
            final boolean counting = round % EARLY_EVERY != 0 && awaitCounting(child);
            final int delayMs = random.nextInt(counting ? 200 : 1_500);
            if (!child.waitFor(delayMs, TimeUnit.MILLISECONDS) && counting) {
                killedCounting++;
            }
            child.destroyForcibly().waitFor();
        }
        assertThat(killedCounting).as("kills in the middle of counting, seed %d", seed).isGreaterThanOrEqualTo(4);
        final Process last = start(1);
        assertThat(last.waitFor(3, TimeUnit.MINUTES)).as("seed %d", seed).isTrue();
        assertThat(last.exitValue()).as("seed %d", seed).isZero();
        try (Peregrine engine = Peregrine.open(directory)) {
            final Map<String, List<Long>> counted = new TreeMap<>();
            for (final DemoReport.Ad ad : AdsDemo.readBack(engine.table(AdsTopology.TABLE))) {
                counted.put(ad.ad(), List.of(ad.impressions(), ad.clicks(), ad.spendMicros()));
            }
            assertThat(counted).as("seed %d", seed).isEqualTo(Oracle.expected(EVENTS));
        }
    }
}
