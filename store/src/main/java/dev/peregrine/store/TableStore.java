/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.store.table.internal.LoggedEpochWriter;
import dev.peregrine.store.table.internal.LoggedTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.agrona.CloseHelper;

/**
 * The tables of one data directory. Safe for use by many threads.
 *
 * <pre>
 *  tables/NAME/table.conf        what it was provisioned with
 *  tables/NAME/changelog/*.seg   its change log, from which the rows are read back at every start
 * </pre>
 */
public final class TableStore implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final String CONFIG_FILE = "table.conf";
    private static final int SEGMENT_LENGTH = 16 << 20;

    private final Path directory;
    private final FilesFacade files;
    private final CommittedEpochs committed;
    private final ConcurrentSkipListMap<String, LoggedTable> tables = new ConcurrentSkipListMap<>();

    private TableStore(final Path directory, final FilesFacade files, final CommittedEpochs committed) {
        this.directory = directory;
        this.files = files;
        this.committed = committed;
    }

    /** Opens every table found in the directory. */
    public static TableStore open(final Path directory, final FilesFacade files, final CommittedEpochs committed) {
        final TableStore store = new TableStore(directory, files, committed);
        try {
            files.createDirectories(directory);
            for (final Path home : subdirectories(directory)) {
                if (Files.exists(home.resolve(CONFIG_FILE))) {
                    store.openTable(readConfig(home));
                }
            }
            return store;
        } catch (final IOException e) {
            store.close();
            throw new StorageException("cannot open tables in " + directory + ": " + e.getMessage(), e);
        } catch (final RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static List<Path> subdirectories(final Path directory) throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.filter(Files::isDirectory).sorted().toList();
        }
    }

    /** Creates a table, or returns the one of that name. */
    public synchronized Table provision(final TableConfig config) {
        final LoggedTable existing = tables.get(config.name());
        if (existing != null) {
            return existing;
        }
        if (!NAME.matcher(config.name()).matches()) {
            throw new ConfigurationException("table name '" + config.name()
                + "' must start with a letter or digit and hold only letters, digits, '.', '-' and '_'");
        }
        final Path home = directory.resolve(config.name());
        try {
            files.createDirectories(home);
            files.writeAtomically(home.resolve(CONFIG_FILE),
                ("entries-hint = " + config.entriesHint() + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            throw new StorageException("cannot provision table in " + home + ": " + e.getMessage(), e);
        }
        return openTable(config);
    }

    private static TableConfig readConfig(final Path home) {
        final Path file = home.resolve(CONFIG_FILE);
        try {
            return new TableConfig(
                home.getFileName().toString(), ConfigFactory.parseFile(file.toFile()).getLong("entries-hint"));
        } catch (final ConfigException e) {
            throw new CorruptDataException("table description " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private LoggedTable openTable(final TableConfig config) {
        final PartitionLog log = PartitionLog.open(PartitionConfig
            .of(directory.resolve(config.name()).resolve("changelog"), "table " + config.name())
            .withSegmentLength(SEGMENT_LENGTH).withFiles(files));
        boolean open = false;
        try {
            final LoggedTable table = new LoggedTable(config, log, committed);
            tables.put(config.name(), table);
            open = true;
            return table;
        } finally {
            if (!open) {
                log.close();
            }
        }
    }

    /** A table by its name. */
    public Table table(final String name) {
        return find(name);
    }

    private LoggedTable find(final String name) {
        final LoggedTable table = tables.get(name);
        if (table == null) {
            throw new ConfigurationException("there is no table '" + name + "'; there are: " + tables.keySet());
        }
        return table;
    }

    /** All tables, by name. */
    public Collection<? extends Table> tables() {
        return tables.values();
    }

    /** A writer for one instance of a topology. */
    public EpochTableWriter epochWriter(final String table, final long producerId) {
        return new LoggedEpochWriter(find(table), producerId);
    }

    /** One duty cycle of background work; called by one housekeeping thread. */
    public int doHousekeeping() {
        int work = 0;
        for (final LoggedTable table : tables.values()) {
            work += table.doHousekeeping();
        }
        return work;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(tables.values());
    }
}
