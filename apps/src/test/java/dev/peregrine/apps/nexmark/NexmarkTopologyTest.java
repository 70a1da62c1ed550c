/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.peregrine.Peregrine;
import dev.peregrine.apps.nexmark.codec.AuctionPriceDecoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderDecoder;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.topology.RunningTopology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queries and events as a config file names them. */
@Timeout(60)
class NexmarkTopologyTest {
    private static final int EVENTS = 10_000;

    @TempDir
    private Path directory;

    private static Config settings(final String text) {
        return ConfigFactory.parseString("settings { " + text + " }");
    }

    @Test
    void shouldPutResultsIntoAStreamExactlyOnceOverRestarts() throws Exception {
        final Config query = settings("query = q2, results = bargains");
        for (int part = 1; part <= 2; part++) {
            try (Peregrine engine = Peregrine.open(directory)) {
                engine.provisionStream(StreamConfig.of("auctions").withSegmentLength(1 << 20));
                engine.provisionStream(StreamConfig.of("bargains").withSegmentLength(1 << 20));
                new NexmarkFeed().run(engine, "feed", settings("rate = 0, events = " + EVENTS / 2 * part));
                final RunningTopology topology = engine.submit(new NexmarkTopology().create("q2", query));
                topology.awaitDrained();
                topology.close();
                assertThat(results(engine)).isEqualTo(new Reference(
                    Event.first(NexmarkConfig.published(), EVENTS / 2 * part)).q2()).hasSizeGreaterThan(10);
            }
        }
    }

    private static List<String> results(final Peregrine engine) {
        final List<String> lines = new ArrayList<>();
        try (PartitionReader reader = engine.stream("bargains").partition(0).newReader(0)) {
            while (reader.poll(frame -> {
                final AuctionPriceDecoder price = new AuctionPriceDecoder().wrapAndApplyHeader(
                    frame.buffer(), frame.payloadOffset(), new MessageHeaderDecoder());
                lines.add(ResultLines.auctionPrice(price.auction(), price.price()));
            }, EVENTS) > 0) {
                assertThat(lines.size()).isLessThanOrEqualTo(EVENTS);
            }
        }
        return lines;
    }

    @Test
    void shouldNameTheQueriesWhenAskedForAnother() {
        final NexmarkTopology factory = new NexmarkTopology();
        assertThatThrownBy(() -> factory.create("x", settings("query = q9"))).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("no query 'q9'").hasMessageContaining("q11");
        assertThatThrownBy(() -> factory.create("x", settings(""))).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("needs the setting query");
        assertThatThrownBy(() -> factory.create("x", settings("query = q1, thread = 1")))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("unknown key 'thread'");
    }

    @Test
    void shouldTakeItsSettings() {
        assertThat(new NexmarkTopology().create("x", settings("query = Q5, parallelism = 3, max-delay = 2s"))
            .components()).anySatisfy(component -> assertThat(component.parallelism()).isEqualTo(3));
    }
}
