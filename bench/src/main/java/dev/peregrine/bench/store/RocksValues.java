/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.store;

import dev.peregrine.bench.kv.Items;
import dev.peregrine.bench.kv.KeyValues;
import java.nio.file.Path;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** RocksDB in its defaults: a write-ahead log that is not forced, as ours is not. */
final class RocksValues implements KeyValues {
    private final Items items;
    private final byte[][] keys;
    private final Options options = new Options().setCreateIfMissing(true);
    private final RocksDB database;

    RocksValues(final Items items, final Path directory) throws RocksDBException {
        this.items = items;
        this.keys = items.keyArrays();
        RocksDB.loadLibrary();
        database = RocksDB.open(options, directory.resolve("rocks").toString());
    }

    @Override
    public Client newClient() {
        return new Client() {
            private final byte[] into = new byte[Items.VALUE_LENGTH];
            private final byte[] from = new byte[Items.VALUE_LENGTH];

            @Override
            public boolean get(final int item) {
                try {
                    return database.get(keys[item], into) != RocksDB.NOT_FOUND;
                } catch (final RocksDBException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void put(final int item) {
                items.value().getBytes(0, from);
                try {
                    database.put(keys[item], from);
                } catch (final RocksDBException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    @Override
    public void close() {
        database.close();
        options.close();
    }
}
