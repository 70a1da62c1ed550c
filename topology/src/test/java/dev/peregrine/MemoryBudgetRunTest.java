/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.MemoryBudgetException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.state.KeyedValueState;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A topology whose state outgrows its memory budget stops with nothing lost. */
@Timeout(60)
class MemoryBudgetRunTest {
    private static final int EVENTS = 200_000;

    @TempDir
    private Path directory;

    /** Keeps a number for each event, and counts those whose key was there already. */
    private static final class Remember implements Stage {
        private final AtomicLong again;
        private KeyedValueState seen;

        Remember(final AtomicLong again) {
            this.again = again;
        }

        @Override
        public void open(final StageContext context) {
            seen = context.valueState("seen", Long.BYTES, Long.BYTES);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final int at = seen.getOrCreate(event.buffer(), event.offset(), Long.BYTES);
            if (seen.buffer().getLong(at) != 0) {
                again.incrementAndGet();
            }
            seen.buffer().putLong(at, 1);
        }
    }

    private static Topology topology(final long budget, final AtomicLong again) {
        return TopologyBuilder.named("remember").threads(1).memoryBudgetBytes(budget).source("in", "in")
            .sink("remember", () -> new Remember(again)).key("in").build();
    }

    @Test
    void shouldStopWithTheStateNamedAndGoOnWithMore() throws Exception {
        final AtomicLong again = new AtomicLong();
        try (Peregrine engine = Peregrine.open(directory)) {
            engine.provisionStream(StreamConfig.of("in"));
            assertThatThrownBy(() -> engine.submit(topology(1_000, again))).isInstanceOf(MemoryBudgetException.class)
                .hasMessageContaining("topology remember needs").hasMessageContaining("raise it");
            final RunningTopology topology = engine.submit(topology(4 << 20, again));
            final UnsafeBuffer bytes = new UnsafeBuffer(new byte[Long.BYTES]);
            try (Publisher publisher = engine.publisher("in", "test")) {
                for (long i = 0; i < EVENTS; i++) {
                    bytes.putLong(0, i);
                    publisher.publish(KeyHash.of(i), 0, 0, i, bytes, 0, Long.BYTES);
                }
            }
            assertThatThrownBy(topology::awaitDrained).isInstanceOf(MemoryBudgetException.class)
                .hasMessageContaining("state remember/0/seen needs");
            assertThat(engine.health().problems().toString()).contains("memory-budget");
            topology.close();
            assertThatThrownBy(() -> engine.submit(topology(1 << 20, again))).as("the state is larger already")
                .isInstanceOf(MemoryBudgetException.class).hasMessageContaining("remember/0/seen");
            final RunningTopology larger = engine.submit(topology(64 << 20, again));
            larger.awaitDrained();
            assertThat(larger.eventsCommitted()).isEqualTo(EVENTS);
        }
        assertThat(again).as("each event counted once").hasValue(0);
    }
}
