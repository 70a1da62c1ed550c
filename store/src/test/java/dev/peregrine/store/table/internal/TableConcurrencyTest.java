/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.store.RowMutation;
import dev.peregrine.store.RowView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableConcurrencyTest {
    private static final byte[] A = TestTables.bytes("a");
    private static final byte[] B = TestTables.bytes("b");
    private static final int HOT_ROWS = 4;
    private static final int PUTS = 15_000;

    @TempDir
    private Path directory;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    /**
     * The version that a put returns orders the puts of a row. A read that begins after a put has returned sees that or a
     * later one, no reader sees a row go back, and no row is seen half changed: a register is linearizable just then.
     * The map grows several times meanwhile.
     */
    @Test
    void shouldBeLinearizablePerRowWhileItGrows() throws Exception {
        final AtomicLongArray returned = new AtomicLongArray(HOT_ROWS);
        final AtomicBoolean done = new AtomicBoolean();
        final AtomicLong reads = new AtomicLong();
        try (LoggedTable table = TestTables.open(directory)) {
            final List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 2; writer++) {
                final int id = writer;
                writers.add(threads.submit(() -> write(table, id, returned)));
            }
            final List<Future<?>> readers = new ArrayList<>();
            for (int reader = 0; reader < 2; reader++) {
                readers.add(threads.submit(() -> read(table, returned, done, reads)));
            }
            for (final Future<?> writer : writers) {
                writer.get();
            }
            done.set(true);
            for (final Future<?> reader : readers) {
                reader.get();
            }
            assertThat(table.rowCount()).isEqualTo(HOT_ROWS + 2 * PUTS);
            assertThat(reads.get()).isGreaterThan(1_000);
        }
    }

    private static void write(final LoggedTable table, final int id, final AtomicLongArray returned) {
        final RowMutation mutation = new RowMutation();
        for (int i = 0; i < PUTS; i++) {
            final int row = i % HOT_ROWS;
            final long value = (long) id << 32 | i;
            final long version = table.apply(mutation.begin("hot" + row).putLong(A, value).putLong(B, value));
            returned.accumulateAndGet(row, version, Math::max);
            table.put("cold" + id + "-" + i, "a", value);
        }
    }

    private static void read(
        final LoggedTable table, final AtomicLongArray returned, final AtomicBoolean done, final AtomicLong reads) {
        final UnsafeBuffer[] keys = new UnsafeBuffer[HOT_ROWS];
        final long[] seen = new long[HOT_ROWS];
        for (int row = 0; row < HOT_ROWS; row++) {
            keys[row] = new UnsafeBuffer(TestTables.bytes("hot" + row));
        }
        final RowView view = new RowView();
        while (!done.get()) {
            for (int row = 0; row < HOT_ROWS; row++) {
                final long before = Math.max(seen[row], returned.get(row));
                if (!table.getRow(keys[row], 0, keys[row].capacity(), view)) {
                    assertThat(before).isZero();
                    continue;
                }
                reads.incrementAndGet();
                view.find(A);
                seen[row] = view.version(view.cell());
                assertThat(seen[row]).isGreaterThanOrEqualTo(before);
                assertThat(view.getLong(A, -1)).isEqualTo(view.getLong(B, -2));
                view.find(B);
                assertThat(view.version(view.cell())).isEqualTo(seen[row]);
            }
        }
    }

    @Test
    void shouldTurnReadersAwayWhenItIsClosedUnderThem() throws Exception {
        for (int round = 0; round < 20; round++) {
            final LoggedTable table = TestTables.open(directory.resolve("t" + round));
            table.put("row", "a", 1L);
            final List<Future<Boolean>> readers = new ArrayList<>();
            final AtomicLong reads = new AtomicLong();
            for (int reader = 0; reader < 2; reader++) {
                readers.add(threads.submit(() -> readUntilClosed(table, reads)));
            }
            while (reads.get() < 1_000) {
                Thread.onSpinWait();
            }
            table.close();
            for (final Future<Boolean> reader : readers) {
                assertThat(reader.get()).isTrue();
            }
        }
    }

    private static boolean readUntilClosed(final LoggedTable table, final AtomicLong reads) {
        final RowView view = new RowView();
        try {
            while (true) {
                assertThat(table.getRow("row", view)).isTrue();
                assertThat(view.getLong(A, -1)).isEqualTo(1);
                reads.incrementAndGet();
            }
        } catch (final ClosedException e) {
            return true;
        }
    }
}
