/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.store.EpochTableWriter;
import dev.peregrine.store.RowView;
import dev.peregrine.store.Table;
import dev.peregrine.store.TableConfig;
import dev.peregrine.store.TableStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableAllocationTest {
    private static final byte[] CELL = TestTables.bytes("n");
    private static final int OPERATIONS = 2_000;
    private static final int ROUNDS = 30;
    /** A byte per operation would be as much. */
    private static final long SLACK_BYTES = OPERATIONS - 1;

    @TempDir
    private Path directory;

    private static long leastAllocatedBy(final Runnable work) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            work.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void shouldAllocateNothingToReadRowsAndToApplyEpochs() {
        // its segments are long enough that most rounds see no new one
        try (TableStore store = TableStore.open(directory, FilesFacade.SYSTEM, TestTables.NONE)) {
            final Table table = store.provision(TableConfig.of("t"));
            final EpochTableWriter writer = store.epochWriter("t", 5);
            final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
            final long[] epoch = {0};
            assertThat(leastAllocatedBy(() -> {
                for (int i = 0; i < OPERATIONS; i++) {
                    key.putLong(0, i % 100);
                    writer.mutation().begin(key, 0, 8).putLong(CELL, i);
                    writer.stage();
                    if (i % 100 == 99) {
                        writer.flush(++epoch[0]);
                        writer.applyCommitted(epoch[0]);
                    }
                }
            })).isLessThan(SLACK_BYTES);
            writer.close();
            final RowView row = new RowView();
            assertThat(leastAllocatedBy(() -> {
                for (int i = 0; i < OPERATIONS; i++) {
                    key.putLong(0, i % 100);
                    if (!table.getRow(key, 0, 8, row) || row.getLong(CELL, -1) < 0) {
                        throw new AssertionError("row " + i);
                    }
                }
            })).isLessThan(SLACK_BYTES);
        }
    }
}
