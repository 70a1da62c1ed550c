/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.testing.FaultyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableStoreTest {
    private static final byte[] CELL = "cell".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path directory;

    private TableStore open(final long lastCommitted) {
        return TableStore.open(directory, FilesFacade.SYSTEM, producer -> lastCommitted);
    }

    @Test
    void shouldReadBackRandomChangesAfterReopening() {
        final Map<String, Map<String, Long>> model = new TreeMap<>();
        final Random random = new Random(7);
        for (int run = 0; run < 3; run++) {
            try (TableStore store = open(-1)) {
                final Table table = store.provision(new TableConfig("t", 10));
                for (int i = 0; i < 5_000; i++) {
                    final String pkey = "p" + random.nextInt(3_000);
                    if (random.nextInt(10) == 0) {
                        assertThat(table.deleteRow(pkey)).isEqualTo(model.remove(pkey) != null);
                    } else {
                        final String lkey = "l" + random.nextInt(5);
                        table.put(pkey, lkey, (long) i);
                        model.computeIfAbsent(pkey, key -> new TreeMap<>()).put(lkey, (long) i);
                    }
                }
                assertThat(contentOf(table)).isEqualTo(model);
            }
        }
        try (TableStore store = open(-1)) {
            assertThat(contentOf(store.table("t"))).isEqualTo(model);
        }
    }

    private static Map<String, Map<String, Long>> contentOf(final Table table) {
        final Map<String, Map<String, Long>> content = new TreeMap<>();
        table.forEachRow((pkey, offset, length, row) -> {
            final Map<String, Long> cells = new TreeMap<>();
            int at = row.firstCell();
            for (int i = row.cellCount(); i > 0; i--) {
                cells.put(row.lkey(at), Long.valueOf(row.text(at)));
                at = row.nextCell(at);
            }
            content.put(pkey.getStringWithoutLengthUtf8(offset, length), cells);
        });
        return content;
    }

    private static void stage(final EpochTableWriter writer, final long value) {
        writer.mutation().begin("row").putLong(CELL, value);
        writer.stage();
    }

    @Test
    void shouldShowAnEpochOnlyWhenItIsCommitted() {
        try (TableStore store = open(-1)) {
            final Table table = store.provision(TableConfig.of("t"));
            try (EpochTableWriter writer = store.epochWriter("t", 5)) {
                stage(writer, 1);
                writer.flush(10);
                assertThat(table.getLong("row", "cell", -1)).isEqualTo(-1);
                writer.applyCommitted(10);
                assertThat(table.getLong("row", "cell", -1)).isEqualTo(1);
                assertThatThrownBy(() -> table.put("row", "cell", 2L)).isInstanceOf(PeregrineException.class)
                    .hasMessageContaining("running topology");
            }
        }
    }

    @Test
    void shouldDropAnUncommittedEpochAfterACrashAndKeepItDropped() {
        final TableStore crashed = open(-1);
        final Table table = crashed.provision(TableConfig.of("t"));
        final EpochTableWriter writer = crashed.epochWriter("t", 5);
        stage(writer, 1);
        writer.flush(10);
        writer.applyCommitted(10);
        stage(writer, 2);
        writer.flush(11); // and the process dies: neither closed nor committed
        assertThat(table.getLong("row", "cell", -1)).isEqualTo(1);
        try (TableStore store = open(10)) {
            assertThat(store.table("t").getLong("row", "cell", -1)).isEqualTo(1);
        }
        try (TableStore store = open(99)) {
            assertThat(store.table("t").getLong("row", "cell", -1)).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseImpossibleTablesAndNameTheOnesThatExist() {
        try (TableStore store = open(-1)) {
            store.provision(TableConfig.of("t"));
            assertThat(store.provision(new TableConfig("t", 99))).isSameAs(store.table("t"));
            for (final String name : List.of("", "a/b", "..", ".hidden", "a b", "x".repeat(129))) {
                assertThatThrownBy(() -> store.provision(TableConfig.of(name)))
                    .isInstanceOf(ConfigurationException.class).hasMessageContaining("'" + name + "'");
            }
            assertThatThrownBy(() -> store.table("u")).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'u'").hasMessageContaining("[t]");
            assertThatThrownBy(() -> new TableConfig("t", 0)).isInstanceOf(ConfigurationException.class);
            assertThatThrownBy(() -> new TableConfig("t", Long.MAX_VALUE)).isInstanceOf(ConfigurationException.class);
        }
    }

    @Test
    void shouldNameTheDescriptionThatCannotBeRead() throws IOException {
        try (TableStore store = open(-1)) {
            store.provision(TableConfig.of("t"));
        }
        for (final String content : List.of("", "entries-hint = many", "entries-hint = {", "\0\0\0", "x")) {
            Files.writeString(directory.resolve("t/table.conf"), content);
            assertThatThrownBy(() -> open(-1)).isInstanceOf(PeregrineException.class)
                .hasMessageContaining("table.conf");
        }
        Files.writeString(directory.resolve("t/table.conf"), "entries-hint = -5");
        assertThatThrownBy(() -> open(-1)).isInstanceOf(PeregrineException.class).hasMessageContaining("'t'");
    }

    @Test
    void shouldNotKeepATableWhoseDescriptionCouldNotBeWritten() {
        final FaultyFiles files = new FaultyFiles().diskFull(true);
        try (TableStore store = TableStore.open(directory, files, producer -> -1)) {
            assertThatThrownBy(() -> store.provision(TableConfig.of("t"))).isInstanceOf(StorageException.class)
                .hasMessageContaining("No space left");
            files.heal();
            store.provision(TableConfig.of("t")).put("row", "cell", 1L);
        }
        try (TableStore store = TableStore.open(directory, files, producer -> -1)) {
            assertThat(store.table("t").getLong("row", "cell", 0)).isEqualTo(1);
        }
    }
}
