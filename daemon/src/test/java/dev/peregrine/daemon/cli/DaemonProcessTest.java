/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.daemon.SmallAds;
import dev.peregrine.daemon.TinyRedisClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon in a process of its own. */
class DaemonProcessTest {
    private static final Pattern PORT = Pattern.compile("resp: 127\\.0\\.0\\.1:(\\d+), .*");

    @TempDir
    private Path directory;

    private static Process start(final Path config) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("--add") || flag.startsWith("--sun") || flag.startsWith("--enable"))
            .forEach(command::add);
        command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"),
            "dev.peregrine.daemon.cli.Main", "run", config.toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static int port(final BufferedReader output) throws IOException {
        final List<String> seen = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            seen.add(line);
            final Matcher matcher = PORT.matcher(line);
            if (matcher.matches()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        throw new IOException("the daemon has ended: " + seen);
    }

    @Test
    void shouldStopCleanlyOnSigtermAndGoOnAfterSigkill() throws Exception {
        for (final boolean kill : new boolean[] {false, true, false}) {
            final long events = 30_000;
            final Process process = start(SmallAds.write(directory, events));
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
                TinyRedisClient client = new TinyRedisClient(port(output))) {
                final List<String> first = SmallAds.firstAd(events);
                assertThat(SmallAds.await(client, "HGETALL ad:men/1", first)).isEqualTo(first);
                if (kill) {
                    process.destroyForcibly();
                } else {
                    process.toHandle().destroy(); // Process.destroy would close what is read below
                    assertThat(output.lines()).last().asString().startsWith("peregrine has stopped");
                }
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(kill ? 137 : 0);
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
