/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.DiskFullException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.testing.FaultyFiles;
import dev.peregrine.core.testing.FaultyFiles.Call;
import dev.peregrine.store.EpochTableWriter;
import dev.peregrine.store.RowMutation;
import dev.peregrine.store.RowView;
import dev.peregrine.store.Table;
import dev.peregrine.store.TableConfig;
import dev.peregrine.store.TableStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoggedTableTest {
    private static final byte[] CELL = TestTables.bytes("cell");
    private static final byte[] BLOB = new byte[1000];
    private static final byte[] BLOB_KEY = TestTables.bytes("blob");

    @TempDir
    private Path directory;

    private LoggedTable open(final FilesFacade files) {
        return TestTables.open(directory, files, TestTables.NONE, Long.MAX_VALUE);
    }

    @Test
    void shouldLetTheLastChangeOfACellInABatchCount() {
        try (LoggedTable table = TestTables.open(directory)) {
            table.apply(new RowMutation().begin("r").putLong(CELL, 1).putLong(CELL, 2));
            assertThat(table.getLong("r", "cell", 0)).isEqualTo(2);
            table.apply(new RowMutation().begin("r").putLong(CELL, 3).delete(CELL));
            assertThat(table.getRow("r", new RowView())).isFalse();
        }
    }

    @Test
    void shouldRefuseARowThatIsTooLongAndNotMeetItAgainAfterReopening() {
        final byte[] lkey = TestTables.bytes("x");
        final UnsafeBuffer value = new UnsafeBuffer(new byte[600 << 10]);
        final Path large = directory.resolve("large");
        try (TableStore store = TableStore.open(
            large, FilesFacade.SYSTEM, TestTables.NONE)) {
            final Table table = store.provision(TableConfig.of("t"));
            table.apply(new RowMutation().begin("r").putBytes(CELL, value, 0, value.capacity()));
            assertThatThrownBy(
                () -> table.apply(new RowMutation().begin("r").putBytes(lkey, value, 0, value.capacity())))
                .isInstanceOf(PeregrineException.class).hasMessageContaining("table t").hasMessageContaining("pkeys");
            assertThat(table.get("r", "x")).isNull();
            table.put("other", "cell", 5L);
        }
        try (TableStore store = TableStore.open(
            large, FilesFacade.SYSTEM, TestTables.NONE)) {
            assertThat(store.table("t").get("r", "cell")).hasSize(value.capacity());
            assertThat(store.table("t").get("r", "x")).isNull();
            assertThat(store.table("t").getLong("other", "cell", 0)).isEqualTo(5);
        }
    }

    @Test
    void shouldGrowFarBeyondTheHint() {
        try (LoggedTable table = TestTables.open(directory)) {
            for (int i = 0; i < 60_000; i++) {
                table.put("row" + i, "cell", (long) i);
            }
            assertThat(table.rowCount()).isEqualTo(60_000);
            for (int i = 0; i < 60_000; i += 7) {
                assertThat(table.getLong("row" + i, "cell", -1)).isEqualTo(i);
            }
        }
    }

    @Test
    void shouldHoldTheLongestRowsInASmallTable() {
        try (TableStore store = TableStore.open(
            directory, FilesFacade.SYSTEM, TestTables.NONE)) {
            final Table table = store.provision(new TableConfig("t", 1));
            for (int i = 0; i < 8; i++) {
                final byte[] value = new byte[(1 << 20) - 64];
                Arrays.fill(value, (byte) i);
                table.put("row" + i, "cell", value);
                table.put("small" + i, "cell", (long) i);
            }
            for (int i = 0; i < 8; i++) {
                assertThat(table.get("row" + i, "cell")).hasSize((1 << 20) - 64).containsOnly(i);
                assertThat(table.getLong("small" + i, "cell", -1)).isEqualTo(i);
            }
        }
    }

    @Test
    void shouldKeepTheChangeLogBounded() throws Exception {
        try (LoggedTable table = TestTables.open(directory, FilesFacade.SYSTEM, TestTables.NONE, 100_000)) {
            long longest = 0;
            for (int i = 0; i < 3_000; i++) {
                table.put("row" + i % 20, "cell", BLOB);
                table.put("count", "cell", (long) i);
                table.doHousekeeping();
                longest = Math.max(longest, table.changeLog().log().diskBytes());
            }
            assertThat(table.changeLog().log().appendedPosition()).isGreaterThan(3_000_000);
            assertThat(longest).isLessThan(10L * TestTables.SEGMENT_LENGTH);
        }
        try (LoggedTable table = TestTables.open(directory, FilesFacade.SYSTEM, TestTables.NONE, 100_000)) {
            assertThat(table.rowCount()).isEqualTo(21);
            assertThat(table.getLong("count", "cell", -1)).isEqualTo(2_999);
        }
    }

    @Test
    void shouldNotRewriteTheLogAgainAndAgainAfterReopening() {
        for (int run = 0; run < 2; run++) {
            try (LoggedTable table = TestTables.open(directory, FilesFacade.SYSTEM, TestTables.NONE, 50_000)) {
                for (int i = 0; i < 300; i++) {
                    table.put("row" + i, "cell", BLOB); // six times the bytes that are always allowed
                }
                final boolean first = run == 0;
                for (int i = 0; i < 20; i++) {
                    table.doHousekeeping();
                    if (first) {
                        table.put("row0", "cell", BLOB);
                    }
                }
                final long before = table.changeLog().log().appendedPosition();
                for (int i = 0; i < 20; i++) {
                    table.doHousekeeping();
                }
                assertThat(table.changeLog().log().appendedPosition()).isEqualTo(before);
            }
        }
    }

    @Test
    void shouldRefuseWritesOnAFullDiskAndGoOnWhenThereIsRoomAgain() {
        final FaultyFiles files = new FaultyFiles();
        try (LoggedTable table = open(files)) {
            table.put("a", "cell", 1L);
            files.diskFull(true);
            int stored = 0;
            PeregrineException refused = null;
            while (refused == null && stored < 1_000) {
                try {
                    table.put("b" + stored, "cell", BLOB);
                    stored++;
                } catch (final PeregrineException e) {
                    refused = e;
                }
            }
            assertThat(refused).isInstanceOf(DiskFullException.class).hasMessageContaining("table t");
            assertThat(table.getRow("b" + stored, new RowView())).isFalse();
            assertThat(table.rowCount()).isEqualTo(1 + stored);
            assertThat(table.getLong("a", "cell", 0)).isEqualTo(1);
            assertThatThrownBy(() -> table.put("a", "cell", 2L)).isInstanceOf(DiskFullException.class);
            files.diskFull(false);
            table.put("a", "cell", 3L);
            assertThat(table.getLong("a", "cell", 0)).isEqualTo(3);
            final Map<String, Map<String, String>> content = TestTables.contentOf(table);
            table.close();
            try (LoggedTable again = open(files)) {
                assertThat(TestTables.contentOf(again)).isEqualTo(content);
            }
        }
    }

    @Test
    void shouldNeverShowAPartOfAnEpochWhoseFlushMetAFullDisk() {
        final FaultyFiles files = new FaultyFiles();
        try (LoggedTable table = TestTables.open(directory, files, TestTables.NONE, 1_000)) {
            for (int i = 0; i < 100; i++) {
                table.put("kept", "cell", BLOB); // what a rewritten log can do without
            }
            table.doHousekeeping(); // allocates room for a part of the epoch
            final LoggedEpochWriter failing = new LoggedEpochWriter(table, 5);
            for (int i = 0; i < 400; i++) {
                failing.mutation().begin("lost" + i).putBytes(CELL, new UnsafeBuffer(BLOB), 0, BLOB.length);
                failing.stage();
            }
            files.diskFull(true);
            assertThatThrownBy(() -> failing.flush(1)).isInstanceOf(DiskFullException.class);
            files.diskFull(false);
            assertThat(table.changeLog().log().appendedPosition()).as("a part was logged").isPositive();
            failing.close();
            assertThat(table.rowCount()).isOne();
            try (LoggedEpochWriter writer = new LoggedEpochWriter(table, 5)) {
                writer.mutation().begin("kept").putLong(CELL, 1);
                writer.stage();
                writer.flush(1); // the same number again, as after a restart from the last commit
                writer.applyCommitted(1);
            }
            assertThat(table.doHousekeeping()).as("the log is rewritten, so nothing counts as open").isPositive();
            assertThat(table.changeLog().log().startPosition()).isPositive();
        }
        try (LoggedTable table = TestTables.open(directory, files, producer -> 1, Long.MAX_VALUE)) {
            assertThat(TestTables.contentOf(table)).isEqualTo(Map.of("kept", Map.of("cell", "1")));
        }
    }

    @Test
    void shouldDropThePartOfAnEpochWhoseFlushFailedWhenItsNumberIsUsedAgain() {
        final FaultyFiles files = new FaultyFiles();
        try (LoggedTable table = open(files)) {
            table.doHousekeeping(); // allocates room for a part of the epoch
            final LoggedEpochWriter failing = new LoggedEpochWriter(table, 5);
            for (int i = 0; i < 400; i++) {
                failing.mutation().begin("lost" + i).putBytes(CELL, new UnsafeBuffer(BLOB), 0, BLOB.length);
                failing.stage();
            }
            files.diskFull(true);
            assertThatThrownBy(() -> failing.flush(1)).isInstanceOf(DiskFullException.class);
            files.diskFull(false);
            assertThat(table.changeLog().log().appendedPosition()).as("a part was logged").isPositive();
            failing.close();
            try (LoggedEpochWriter writer = new LoggedEpochWriter(table, 5)) {
                writer.mutation().begin("kept").putLong(CELL, 1);
                writer.stage();
                writer.flush(1);
                writer.applyCommitted(1);
            }
        }
        try (LoggedTable table = TestTables.open(directory, files, producer -> 1, Long.MAX_VALUE)) {
            assertThat(TestTables.contentOf(table)).isEqualTo(Map.of("kept", Map.of("cell", "1")));
        }
    }

    @Test
    void shouldGoOnAfterADiskThatWasFullWhenTheLogWasRewritten() {
        final FaultyFiles files = new FaultyFiles();
        final Map<String, Map<String, String>> content;
        try (LoggedTable table = TestTables.open(directory, files, TestTables.NONE, 20_000)) {
            for (int i = 0; i < 100; i++) {
                table.put("row" + i, "cell", BLOB);
            }
            for (int i = 0; i < 8_000; i++) {
                table.put("n", "cell", (long) i); // makes the log long enough to be rewritten
            }
            files.diskFull(true);
            PeregrineException refused = null;
            for (int i = 0; i < 10 && refused == null; i++) {
                try {
                    table.doHousekeeping();
                } catch (final PeregrineException e) {
                    refused = e;
                }
            }
            assertThat(refused).isInstanceOf(DiskFullException.class);
            content = TestTables.contentOf(table);
            assertThat(content).hasSize(101);
            files.diskFull(false);
            final long before = table.changeLog().log().startPosition();
            while (table.changeLog().log().startPosition() == before) {
                table.doHousekeeping();
            }
            assertThat(TestTables.contentOf(table)).isEqualTo(content);
        }
        try (LoggedTable table = open(files)) {
            assertThat(TestTables.contentOf(table)).isEqualTo(content);
        }
    }

    @Test
    void shouldTakeChangesFromWhoeverVisitsItsRows() {
        try (LoggedTable table = TestTables.open(directory)) {
            for (int i = 0; i < 50; i++) {
                table.put("row" + i, "cell", (long) i);
            }
            table.forEachRow((pkey, offset, length, row) -> {
                final String key = pkey.getStringWithoutLengthUtf8(offset, length);
                table.put(key, "seen", 1L);
                if (row.getLong(CELL, 0) % 2 == 0) {
                    table.deleteRow(key);
                }
            });
            assertThat(table.rowCount()).isEqualTo(25);
            assertThat(table.getLong("row1", "seen", 0)).isEqualTo(1);
            assertThat(table.getRow("row2", new RowView())).isFalse();
        }
    }

    @Test
    void shouldStopAtAFailedForceWithNothingDeletedAndNothingLost() {
        final FaultyFiles files = new FaultyFiles();
        final Map<String, Map<String, String>> content;
        try (LoggedTable table = TestTables.open(directory, files, TestTables.NONE, 20_000)) {
            for (int i = 0; i < 200; i++) {
                table.put("row" + i % 3, "cell", BLOB);
                table.put("n", "cell", (long) i);
            }
            content = TestTables.contentOf(table);
            files.failNth(Call.FORCE, 1, "Input/output error");
            assertThatThrownBy(table::doHousekeeping).isInstanceOf(StorageException.class)
                .hasMessageContaining("Input/output error");
            assertThat(table.changeLog().log().startPosition()).isZero();
            assertThatThrownBy(() -> table.put("n", "cell", 1L)).isInstanceOf(StorageException.class);
            assertThat(TestTables.contentOf(table)).isEqualTo(content);
        }
        try (LoggedTable table = open(files)) {
            assertThat(TestTables.contentOf(table)).isEqualTo(content);
            table.put("n", "cell", 1L);
        }
    }

    @Test
    void shouldApplyTheRestOfAnEpochOneOfWhoseRowsIsTooLong() {
        final UnsafeBuffer value = new UnsafeBuffer(new byte[700 << 10]);
        try (TableStore store = TableStore.open(
            directory, FilesFacade.SYSTEM, producer -> 1)) {
            store.provision(TableConfig.of("t"));
            final EpochTableWriter writer = store.epochWriter("t", 5);
            writer.mutation().begin("long").putBytes(CELL, value, 0, value.capacity());
            writer.stage();
            writer.mutation().begin("long").putBytes(BLOB_KEY, value, 0, value.capacity());
            writer.stage();
            writer.mutation().begin("short").putLong(CELL, 1);
            writer.stage();
            writer.flush(1);
            assertThatThrownBy(() -> writer.applyCommitted(1)).isInstanceOf(PeregrineException.class)
                .hasMessageContaining("table t");
            writer.close();
            assertThat(store.table("t").getLong("short", "cell", 0)).isEqualTo(1);
            assertThat(store.table("t").get("long", "blob")).isNull();
        }
        try (TableStore store = TableStore.open(
            directory, FilesFacade.SYSTEM, producer -> 1)) {
            assertThat(store.table("t").getLong("short", "cell", 0)).isEqualTo(1);
            assertThat(store.table("t").get("long", "cell")).hasSize(value.capacity());
            assertThat(store.table("t").get("long", "blob")).isNull();
        }
    }

    @Test
    void shouldRefuseEverythingOnceClosed() {
        final LoggedTable table = TestTables.open(directory);
        table.put("a", "cell", 1L);
        table.close();
        assertThatThrownBy(() -> table.put("a", "cell", 2L)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> table.getLong("a", "cell", 0)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(table::rowCount).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> TestTables.contentOf(table)).isInstanceOf(ClosedException.class);
        table.close();
    }
}
