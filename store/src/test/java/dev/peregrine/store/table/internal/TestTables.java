/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.store.CommittedEpochs;
import dev.peregrine.store.RowView;
import dev.peregrine.store.Table;
import dev.peregrine.store.TableConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Tables with small segments, and what they hold as plain maps. */
final class TestTables {
    static final int SEGMENT_LENGTH = 64 << 10;
    static final CommittedEpochs NONE = producer -> -1;

    private TestTables() {
    }

    static LoggedTable open(
        final Path directory, final FilesFacade files, final CommittedEpochs committed, final long checkpointBytes) {
        final PartitionLog log = PartitionLog.open(
            PartitionConfig.of(directory, "table t").withSegmentLength(SEGMENT_LENGTH).withFiles(files));
        try {
            return new LoggedTable(new TableConfig("t", 10), log, committed, checkpointBytes);
        } catch (final RuntimeException e) {
            log.close();
            throw e;
        }
    }

    static LoggedTable open(final Path directory) {
        return open(directory, FilesFacade.SYSTEM, NONE, Long.MAX_VALUE);
    }

    /** Rows by pkey, cells by lkey, values as text. */
    static Map<String, Map<String, String>> contentOf(final Table table) {
        final Map<String, Map<String, String>> content = new TreeMap<>();
        table.forEachRow((pkey, offset, length, row) ->
            content.put(pkey.getStringWithoutLengthUtf8(offset, length), cellsOf(row)));
        return content;
    }

    static Map<String, String> cellsOf(final RowView row) {
        final Map<String, String> cells = new TreeMap<>();
        int at = row.firstCell();
        for (int i = row.cellCount(); i > 0; i--) {
            cells.put(row.lkey(at), row.text(at));
            at = row.nextCell(at);
        }
        return cells;
    }

    static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The files of a directory as they are now. */
    static Map<Path, byte[]> filesOf(final Path directory) throws IOException {
        final Map<Path, byte[]> content = new TreeMap<>();
        for (final Path file : FilesFacade.SYSTEM.list(directory)) {
            content.put(file.getFileName(), Files.readAllBytes(file));
        }
        return content;
    }

    static void deleteTree(final Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            final List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
            for (final Path path : deepestFirst) {
                Files.delete(path);
            }
        }
    }
}
