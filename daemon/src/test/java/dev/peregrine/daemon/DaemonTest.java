/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.Peregrine;
import dev.peregrine.app.Feed;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StorageException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaemonTest {
    @TempDir
    private Path directory;
    private final BlockingQueue<String> log = new LinkedBlockingQueue<>();

    /** A feed that cannot go on. */
    public static final class BrokenFeed implements Feed {
        @Override
        public void run(final Peregrine engine, final String name, final com.typesafe.config.Config config) {
            throw new StorageException("the source is gone", null);
        }
    }

    private Path config(final String text) throws Exception {
        final Path file = directory.resolve("some.conf");
        Files.writeString(file, text.replace("DATA", directory.resolve("data").toString()), StandardCharsets.UTF_8);
        return file;
    }

    private Daemon start(final Path file) {
        return Daemon.start(file, log::add);
    }

    private static HttpResponse<String> get(final Daemon daemon, final String path) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + daemon.httpPort() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldServeExactCountsAndGoOnFromThemAfterARestart() throws Exception {
        for (final long events : new long[] {3_000, 30_000, 30_000}) {
            try (Daemon daemon = start(SmallAds.write(directory, events));
                TinyRedisClient client = new TinyRedisClient(daemon.respPort())) {
                final List<String> first = SmallAds.firstAd(events);
                assertThat(SmallAds.await(client, "HGETALL ad:men/1", first)).isEqualTo(first);
                assertThat(client.ask("HGET ad:men/2 impressions")).containsExactly(Long.toString(events / 3));
                assertThat(client.ask("GET ad:men/1").get(0)).contains("\"impressions\":" + 2 * events / 3);
                assertThat(client.ask("KEYS ad:*")).containsExactlyInAnyOrder("ad:men/1", "ad:men/2");
                assertThat(get(daemon, "/healthz").body()).isEqualTo("{\"status\":\"ok\"}\n");
            }
        }
        assertThat(log).contains("feed ads has published all it had")
            .contains("peregrine has stopped; all that was published is in " + directory.resolve("data"));
    }

    @Test
    void shouldServeMetricsThatPrometheusReads() throws Exception {
        try (Daemon daemon = start(SmallAds.write(directory, 3_000))) {
            while (!get(daemon, "/metrics").body().contains("peregrine_client_records_total")) {
                LockSupport.parkNanos(10_000_000); // until the feed has opened its publisher
            }
            final HttpResponse<String> page = get(daemon, "/metrics"); // once more: nothing is registered twice
            assertThat(page.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
            final Set<String> helped = new HashSet<>();
            final Set<String> samples = new HashSet<>();
            String family = "";
            String type = "";
            for (final String line : page.body().split("\n", -1)) {
                if (line.startsWith("# HELP ")) {
                    family = line.split(" ", 4)[2];
                    assertThat(helped.add(family)).as(line).isTrue();
                } else if (line.startsWith("# TYPE ")) {
                    assertThat(line.split(" ", 4)[2]).as(line).isEqualTo(family);
                    type = line.split(" ", 4)[3];
                    assertThat(type).isIn("counter", "gauge");
                    assertThat(family.endsWith("_total")).as(line).isEqualTo("counter".equals(type));
                } else if (!line.isEmpty()) {
                    assertThat(line).matches("[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? [-+0-9.Ee]+");
                    assertThat(line.split("[{ ]", 2)[0]).isEqualTo(family);
                    assertThat(samples.add(line.substring(0, line.lastIndexOf(' ')))).as(line).isTrue();
                }
            }
            assertThat(helped).contains("peregrine_topology_events_committed_total", "peregrine_table_rows",
                "peregrine_cache_hits_total", "peregrine_stream_appended_bytes_total",
                "peregrine_stream_gaps_total", "peregrine_stream_idle_reader_warnings_total",
                "peregrine_stream_idle_reader_errors_total", "peregrine_client_records_total",
                "peregrine_client_over_hard_limit_total", "peregrine_client_blocked_seconds_total",
                "jvm_memory_used_bytes");
        }
    }

    @Test
    void shouldFailItsHealthWhenAFeedHasStopped() throws Exception {
        try (Daemon daemon = start(config("""
            peregrine { data-dir = "DATA"
              feeds.f { class = "dev.peregrine.daemon.DaemonTest$BrokenFeed" }
              listeners.http = "127.0.0.1:0" }"""))) {
            String line = "";
            while (line != null && !line.startsWith("feed")) {
                line = log.poll(60, TimeUnit.SECONDS);
            }
            assertThat(line).isEqualTo("feed f has stopped: the source is gone");
            final HttpResponse<String> health = get(daemon, "/healthz");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).contains("feed f has stopped: the source is gone");
            assertThat(daemon.respPort()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "stream.a {}                                    | some.conf: 3       | streams",
        "streams.a { partition = 2 }                    | some.conf: 3       | partitions",
        "streams.a { partitions = many }                | some.conf: 3       | partitions",
        "streams.a { durability = never }               | never              | sync",
        "tables.a = 5                                   | some.conf: 3       | NUMBER",
        "caches.a { size = huge }                       | some.conf: 3       | size",
        "topologies.a {}                                | some.conf: 3       | needs a key 'class'",
        "topologies.a { class = no.such.Thing }         | some.conf: 3       | no.such.Thing",
        "topologies.a { class = java.lang.String }      | some.conf: 3       | TopologyFactory",
        "topologies.a { class = 5, thread = 1 }         | some.conf: 3       | threads",
        "feeds.a { class = java.util.ArrayList }        | some.conf: 3       | dev.peregrine.app.Feed",
        "listeners.http = \"0.0.0.0:0\"                 | some.conf: 3       | loopback",
        "listeners.resp = 6379                          | some.conf: 3       | no address",
        "listeners.smtp = \"127.0.0.1:0\"               | some.conf: 3       | http",
        "streams { a {                                  | some.conf: 5       | end of file",
        "x = ${nothing}                                 | some.conf: 3       | nothing"})
    void shouldRefuse(final String line, final String where, final String what) throws Exception {
        final Path file = config("peregrine {\n  data-dir = \"DATA\"\n  " + line.replace("\\\"", "\"") + "\n}\n");
        assertThatThrownBy(() -> start(file).close()).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining(where).hasMessageContaining(what);
        assertThat(log).as("it does not say it runs, nor that it stopped").noneMatch(text -> text.contains("peregrine"));
        start(config("peregrine { data-dir = \"DATA\" }")).close(); // the data directory was let go
    }

    @Test
    void shouldRefuseAFileThatIsNone() throws Exception {
        assertThatThrownBy(() -> start(directory.resolve("missing.conf"))).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("missing.conf does not exist");
        assertThatThrownBy(() -> start(directory)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> start(config("other { a = 1 }"))).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("no block 'peregrine'");
    }

    @Test
    void shouldRefuseAPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final Path file = config("peregrine { data-dir = \"DATA\", listeners.resp = \"127.0.0.1:"
                + taken.getLocalPort() + "\" }");
            assertThatThrownBy(() -> start(file)).isInstanceOf(StorageException.class)
                .hasMessageContaining("127.0.0.1:" + taken.getLocalPort()).hasMessageContaining("choose another");
        }
    }
}
