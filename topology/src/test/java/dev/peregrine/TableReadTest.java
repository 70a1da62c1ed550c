/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.store.RowView;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TableOutput;
import dev.peregrine.topology.TableReader;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.join.JoinType;
import dev.peregrine.topology.join.TableJoin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stages that read tables. */
@Timeout(60)
class TableReadTest {
    private static final int KEY_LENGTH = 2;
    private static final KeySelector KEY = (event, key) -> key.set(event.buffer(), event.offset(), KEY_LENGTH);
    private static final byte[] CELL = "n".getBytes(StandardCharsets.UTF_8);
    private static final long MISSING = -1;

    @TempDir
    private Path directory;

    private record Seen(long id, long value) {
    }

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("in"));
        engine.provisionStream(StreamConfig.of("out"));
        engine.provisionTable(TableConfig.of("rows"));
        return engine;
    }

    private static void publish(final Peregrine engine, final String key, final long id) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[KEY_LENGTH + Long.BYTES]);
        buffer.putStringWithoutLengthAscii(0, key);
        buffer.putLong(KEY_LENGTH, id);
        try (Publisher publisher = engine.publisher("in", "test")) {
            publisher.publish(KeyHash.of(key), 0, 0, 1, buffer, 0, buffer.capacity());
        }
    }

    private static long id(final EventView event) {
        return event.buffer().getLong(event.offset() + KEY_LENGTH);
    }

    private static void emit(final EventView event, final long value, final Emitter out) {
        final int at = out.claim(2 * Long.BYTES);
        out.buffer().putLong(at, id(event));
        out.buffer().putLong(at + Long.BYTES, value);
        out.commit(event.keyHash(), event.timestampNs(), 0, 0);
    }

    private static long valueOf(final RowView row) {
        return row.rowBuffer().getLong(row.valueOffset(row.firstCell()));
    }

    private static List<Seen> seen(final Peregrine engine) {
        final List<Seen> seen = new ArrayList<>();
        try (PartitionReader reader = engine.stream("out").partition(0).newReader(0)) {
            while (reader.poll(frame -> seen.add(new Seen(frame.buffer().getLong(frame.payloadOffset()),
                frame.buffer().getLong(frame.payloadOffset() + Long.BYTES))), 1_000) > 0) {
                // until the end
            }
        }
        return seen;
    }

    @Test
    void shouldJoinWithRowsAsTheyAreCommitted() throws Exception {
        try (Peregrine engine = open()) {
            engine.table("rows").put("k1", "n", 11);
            final RunningTopology topology = engine.submit(TopologyBuilder.named("enrich").source("in", "in")
                .stage("join", TableJoin.of("rows", KEY).type(JoinType.LEFT)
                    .with((event, row, out) -> emit(event, row == null ? MISSING : valueOf(row), out))).shuffle("in")
                .streamSink("out", "out").shuffle("join").build());
            publish(engine, "k1", 1);
            publish(engine, "k2", 2);
            topology.awaitDrained();
            engine.table("rows").put("k1", "n", 12);
            engine.table("rows").put("k2", "n", 22);
            publish(engine, "k1", 3);
            publish(engine, "k2", 4);
            topology.awaitDrained();
            assertThat(seen(engine)).containsExactly(
                new Seen(1, 11), new Seen(2, MISSING), new Seen(3, 12), new Seen(4, 22));
        }
    }

    @Test
    void shouldNotShowWhatIsNotCommitted() throws Exception {
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(TopologyBuilder.named("own").source("in", "in")
                .stage("both", ReadAndWrite::new).shuffle("in").streamSink("out", "out").shuffle("both").build());
            for (int id = 0; id < 100; id++) {
                publish(engine, "k1", id);
            }
            topology.awaitDrained();
            publish(engine, "k1", 100);
            topology.awaitDrained();
            final List<Seen> seen = seen(engine);
            assertThat(seen).hasSize(101).allMatch(each -> each.value() < each.id());
            assertThat(seen.get(0)).isEqualTo(new Seen(0, MISSING));
            assertThat(seen.get(100)).isEqualTo(new Seen(100, 99));
        }
    }

    @Test
    void shouldRefuseATableThatIsNotThere() {
        try (Peregrine engine = open()) {
            assertThatThrownBy(() -> engine.submit(TopologyBuilder.named("enrich").source("in", "in")
                .sink("join", TableJoin.of("nothing", KEY).with((event, row, out) -> { })).shuffle("in").build()))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("no table 'nothing'");
        }
    }

    /** Emits what it reads, then writes the event's id. */
    private static final class ReadAndWrite implements Stage {
        private final RowView row = new RowView();
        private TableReader reader;
        private TableOutput writer;

        @Override
        public void open(final StageContext context) {
            reader = context.tableReader("rows");
            writer = context.table("rows");
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final boolean found = reader.getRow(event.buffer(), event.offset(), KEY_LENGTH, row);
            emit(event, found ? valueOf(row) : MISSING, out);
            writer.mutation().begin(event.buffer(), event.offset(), KEY_LENGTH).putLong(CELL, id(event));
            writer.stage();
        }
    }
}
