/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.kv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/** A plain Chronicle Map of arrays, in memory or in a file. It does not evict. */
public final class ChronicleMapValues implements KeyValues {
    private final Items items;
    private final byte[][] keys;
    private final ChronicleMap<byte[], byte[]> map;

    /** In the given file, or in memory if that is null. */
    public ChronicleMapValues(final Items items, final Path file) {
        this.items = items;
        this.keys = items.keyArrays();
        final ChronicleMapBuilder<byte[], byte[]> builder = ChronicleMap.of(byte[].class, byte[].class)
            .name("bench")
            .constantKeySizeBySample(new byte[Items.KEY_LENGTH])
            .constantValueSizeBySample(new byte[Items.VALUE_LENGTH])
            .entries(items.count())
            .putReturnsNull(true);
        try {
            map = file == null ? builder.create() : builder.createPersistedTo(file.toFile());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Client newClient() {
        return new Client() {
            private final byte[] into = new byte[Items.VALUE_LENGTH];
            private final byte[] from = new byte[Items.VALUE_LENGTH];

            @Override
            public boolean get(final int item) {
                return map.getUsing(keys[item], into) != null;
            }

            @Override
            public void put(final int item) {
                items.value().getBytes(0, from);
                map.put(keys[item], from);
            }
        };
    }

    @Override
    public void close() {
        map.close();
    }
}
