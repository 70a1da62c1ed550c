/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.daemon.SmallAds;
import dev.peregrine.daemon.TinyRedisClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon in a process of its own. */
class DaemonProcessTest {
    private static final Pattern PORT = Pattern.compile("resp: 127\\.0\\.0\\.1:(\\d+), .*");

    private static final ObjectMapper JSON = new ObjectMapper();

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

    private static String cli(final int code, final String... args) {
        final StringWriter out = new StringWriter();
        assertThat(Main.execute(new PrintWriter(out), new PrintWriter(out), args)).as(out.toString()).isEqualTo(code);
        return out.toString();
    }

    @Test
    void shouldShowAnotherProcessWhatItDoesAndWhatItDidBeforeItWasKilled() throws Exception {
        final long events = 30_000;
        final Process process = start(SmallAds.write(directory, events));
        final String data = directory.resolve("data").toString();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            TinyRedisClient client = new TinyRedisClient(port(output))) {
            final List<String> first = SmallAds.firstAd(events);
            assertThat(SmallAds.await(client, "HGETALL ad:men/1", first)).isEqualTo(first);
            JsonNode stat = JSON.readTree(cli(0, "stat", "--json", "--data-dir", data));
            while (stat.at("/topologies/0/events-committed").asLong() < events) { // figures are up to 0.1 s old
                Thread.sleep(20);
                stat = JSON.readTree(cli(0, "stat", "--json", "--data-dir", data));
            }
            assertThat(stat.get("pid").asLong()).isEqualTo(process.pid());
            assertThat(stat.get("running").asBoolean()).isTrue();
            final Map<String, JsonNode> instances = new HashMap<>();
            stat.get("instances").forEach(each -> instances.put(each.get("component").asText(), each.get("figures")));
            assertThat(instances.values()).anySatisfy(each -> {
                assertThat(each.get("received").asLong()).isEqualTo(events);
                assertThat(each.get("timed-events").asLong()).isPositive();
            });
            assertThat(stat.at("/topologies/0/latency/events").asLong()).isPositive();
            assertThat(stat.at("/topologies/0/latency/percentiles-ns/99.0").asLong()).isPositive();
            assertThat(cli(0, "stat", "--data-dir", data)).startsWith("engine of process " + process.pid() + " runs, up ")
                .contains("received", "30,000", "ads: active, ");
            assertThat(cli(0, "top", "--once", "--interval", "200", "--data-dir", data))
                .startsWith("engine of process " + process.pid() + " runs").contains("received/s", "busy %", "ads: active");
            assertThat(cli(0, "topology", "list", "--data-dir", data)).contains("ads ", "30,000");
            process.destroyForcibly();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(cli(0, "stat", "--data-dir", data)).contains("has ended; these are its last figures", "30,000");
            assertThat(cli(1, "topology", "list", "--data-dir", data)).contains("no daemon runs on", "left its socket");
            assertThat(cli(0, "top", "--interval", "200", "--data-dir", data)).contains("\033[H\033[J", "has ended");
            assertThat(cli(2, "top", "--interval", "20", "--data-dir", data)).contains("at least 200");
            assertThat(cli(1, "stat", "--data-dir", directory.toString())).contains("no engine has run on");
        } finally {
            process.destroyForcibly();
        }
    }
}
