/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.store.RowMutation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.agrona.concurrent.UnsafeBuffer;

/** Any sequence of steps leaves a table that equals a tree map which took the same steps. */
class TableModelTest {
    private static final long PRODUCER = 7;

    /** What a step does; some start or end epochs, reopen the table or rewrite its log. */
    enum Kind { PUT_LONG, PUT_TEXT, DELETE_CELL, DELETE_ROW, BATCH, REOPEN, CHECKPOINT, EPOCH, LOST_EPOCH }

    /** One step on one row. */
    record Step(Kind kind, int pkey, int lkey, int value) {
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
            Arbitraries.of(Kind.values()), Arbitraries.integers().between(0, 6), Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 2000)).as(Step::new).list().ofMaxSize(60);
    }

    @Property(tries = 60)
    void shouldEqualATreeMap(@ForAll("steps") final List<Step> steps) throws IOException {
        final Path directory = Files.createTempDirectory("table");
        try {
            new Run(directory).run(steps);
        } finally {
            TestTables.deleteTree(directory);
        }
    }

    private static final class Run {
        private final Path directory;
        private final Map<String, Map<String, String>> model = new TreeMap<>();
        private final List<LoggedTable> left = new ArrayList<>();
        private long committed = -1;
        private long epoch;
        private LoggedTable table;

        Run(final Path directory) {
            this.directory = directory;
        }

        void run(final List<Step> steps) {
            table = open();
            for (final Step step : steps) {
                apply(step);
            }
            assertThat(TestTables.contentOf(table)).isEqualTo(model);
            assertThat(table.rowCount()).isEqualTo(model.size());
            table.close();
            table = open();
            assertThat(TestTables.contentOf(table)).isEqualTo(model);
            table.close();
            left.forEach(LoggedTable::close);
        }

        private LoggedTable open() {
            return TestTables.open(directory, FilesFacade.SYSTEM, producer -> committed, 2_000);
        }

        private void apply(final Step step) {
            final String pkey = "p" + step.pkey;
            final String lkey = "l" + step.lkey;
            switch (step.kind) {
                case PUT_LONG -> {
                    table.put(pkey, lkey, (long) step.value);
                    row(model, pkey).put(lkey, Long.toString(step.value));
                }
                case PUT_TEXT -> {
                    table.put(pkey, lkey, TestTables.bytes("x".repeat(step.value)));
                    row(model, pkey).put(lkey, "x".repeat(step.value));
                }
                case DELETE_CELL -> {
                    table.apply(new RowMutation().begin(pkey).delete(TestTables.bytes(lkey)));
                    row(model, pkey).remove(lkey);
                }
                case DELETE_ROW -> assertThat(table.deleteRow(pkey)).isEqualTo(model.remove(pkey) != null);
                case BATCH -> {
                    final RowMutation batch = new RowMutation();
                    fill(batch, model, step);
                    table.apply(batch);
                }
                case REOPEN -> {
                    table.close();
                    table = open();
                }
                case CHECKPOINT -> table.doHousekeeping();
                case EPOCH, LOST_EPOCH -> epoch(step);
                default -> throw new AssertionError(step);
            }
            model.values().removeIf(Map::isEmpty);
        }

        /** Deletes, sets one cell twice and another once, or the like: the order within a batch counts. */
        private void fill(final RowMutation batch, final Map<String, Map<String, String>> into, final Step step) {
            final String pkey = "p" + step.pkey;
            final byte[] lkey = TestTables.bytes("l" + step.lkey);
            final byte[] text = TestTables.bytes("t" + step.value);
            batch.begin(pkey).putLong(lkey, 1).putText(lkey, new UnsafeBuffer(text), 0, text.length)
                .putLong(TestTables.bytes("l9"), step.value);
            if (step.value % 3 == 0) {
                batch.deleteRow();
                into.remove(pkey);
            }
            row(into, pkey).put("l" + step.lkey, "t" + step.value);
            row(into, pkey).put("l9", Long.toString(step.value));
            if (step.value % 5 == 0) {
                batch.delete(lkey);
                row(into, pkey).remove("l" + step.lkey);
            }
        }

        private void epoch(final Step step) {
            epoch++;
            final Map<String, Map<String, String>> discarded = new TreeMap<>();
            final boolean commits = step.kind == Kind.EPOCH;
            final LoggedEpochWriter writer = new LoggedEpochWriter(table, PRODUCER);
            for (int i = 0; i < 3; i++) {
                fill(writer.mutation(), commits ? model : discarded,
                    new Step(step.kind, (step.pkey + i) % 7, step.lkey, step.value + i));
                writer.stage();
            }
            final Map<String, Map<String, String>> before = TestTables.contentOf(table);
            writer.flush(epoch);
            table.doHousekeeping();
            assertThat(TestTables.contentOf(table)).as("nothing is seen before the commit").isEqualTo(before);
            if (commits) {
                committed = epoch;
                // Half of them die between the commit and its application to the map.
                if (step.value % 2 == 0) {
                    assertThat(writer.applyCommitted(epoch)).isEqualTo(3);
                    writer.close();
                } else {
                    left.add(table);
                    table = open();
                }
            } else if (step.value % 2 == 0) {
                writer.close();
            } else {
                left.add(table); // the process dies: neither closed nor marked
                table = open();
            }
        }

        private static Map<String, String> row(final Map<String, Map<String, String>> rows, final String pkey) {
            return rows.computeIfAbsent(pkey, key -> new TreeMap<>());
        }
    }
}
