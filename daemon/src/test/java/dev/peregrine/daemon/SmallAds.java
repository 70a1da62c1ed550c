/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Three ad events to replay, the config file that counts them, and what must come out. */
public final class SmallAds {
    private static final String CSV = """
        timestamp,item_id,position,click
        2019-11-24 00:00:01+00:00,1,1,1
        2019-11-24 00:00:02+00:00,2,1,0
        2019-11-24 00:00:03+00:00,1,2,0
        """;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private SmallAds() {
    }

    /** Writes input and config into a directory; returns the config file. */
    public static Path write(final Path directory, final long events) throws IOException {
        final Path input = Files.createDirectories(directory.resolve("input"));
        Files.writeString(input.resolve("bts-men.csv"), CSV, StandardCharsets.UTF_8);
        final Path file = directory.resolve("small.conf");
        Files.writeString(file, """
            peregrine {
              data-dir = "%s/data"
              streams.impressions { segment-length = 1MiB }
              tables { ad {}, ad_window {} }
              caches.ad { size = 8MiB }
              topologies.ads { class = "dev.peregrine.apps.ads.AdsTopology" }
              feeds.ads {
                class = "dev.peregrine.apps.ads.AdsFeed"
                settings { rate = 1000000, events = %d, input = "%s" }
              }
              listeners { http = "127.0.0.1:0", resp = "127.0.0.1:0" }
            }
            """.formatted(directory, events, input), StandardCharsets.UTF_8);
        return file;
    }

    /** The reply to {@code HGETALL ad:men/1} when that many rows, a multiple of three, have been counted. */
    public static List<String> firstAd(final long events) {
        final long rounds = events / 3;
        return List.of("clicks", Long.toString(rounds), "impressions", Long.toString(2 * rounds),
            "spend_micros", Long.toString(2 * rounds * 1_000 + rounds * 250_000));
    }

    /** Asks until the reply is the one expected, or patience is at its end; returns the last reply. */
    public static List<String> await(final TinyRedisClient client, final String command, final List<String> expected)
        throws IOException {
        final long end = System.nanoTime() + PATIENCE_NS;
        List<String> reply = client.ask(command);
        while (!reply.equals(expected) && System.nanoTime() < end) {
            LockSupport.parkNanos(PAUSE_NS);
            reply = client.ask(command);
        }
        return reply;
    }
}
