/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.TopologyBuilder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events of 1 MiB go over rings, from the log and made by a stage, within a budget that such slots would exceed. */
@Timeout(60)
class LargeEventRunTest {
    private static final int LENGTH = 1 << 20;
    private static final int EVENTS = 100;

    @TempDir
    private Path directory;

    /** Forwards an event, and emits another one with the bits of its payload turned. */
    private static final class Both implements Stage {
        @Override
        public void onEvent(final EventView event, final Emitter out) {
            out.forward(event, event.keyHash());
            final int length = event.length();
            final int at = out.claim(length);
            for (int i = 0; i < length; i += Long.BYTES) {
                out.buffer().putLong(at + i, ~event.buffer().getLong(event.offset() + i));
            }
            out.commit(event.keyHash(), event.timestampNs(), 0, 0);
        }
    }

    @Test
    void shouldHandOverEventsOfOneMebibyte() throws Exception {
        final Set<Long> expected = new HashSet<>();
        final Set<Long> seen = Collections.synchronizedSet(new HashSet<>());
        try (Peregrine engine = Peregrine.open(directory)) {
            engine.provisionStream(StreamConfig.of("in"));
            final RunningTopology topology = engine.submit(TopologyBuilder.named("large").threads(3)
                .memoryBudgetBytes(16 << 20).source("in", "in").stage("both", Both::new).key("in")
                .sink("see", () -> (Stage) (event, out) ->
                    seen.add(KeyHash.of(event.buffer(), event.offset(), event.length()))).key("both").build());
            final byte[] bytes = new byte[LENGTH];
            final UnsafeBuffer payload = new UnsafeBuffer(bytes);
            final SplittableRandom random = new SplittableRandom(5);
            try (Publisher publisher = engine.publisher("in", "test")) {
                for (int i = 0; i < EVENTS; i++) {
                    random.nextBytes(bytes);
                    final int length = i % 3 == 0 ? 64 : LENGTH; // some fit into a slot
                    publisher.publish(i, 0, 0, i, payload, 0, length);
                    expected.add(KeyHash.of(payload, 0, length));
                    for (int at = 0; at < length; at += Long.BYTES) {
                        payload.putLong(at, ~payload.getLong(at));
                    }
                    expected.add(KeyHash.of(payload, 0, length));
                }
            }
            topology.awaitDrained();
        }
        assertThat(seen).isEqualTo(expected).hasSize(2 * EVENTS);
    }
}
