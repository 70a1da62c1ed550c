/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.store;

import dev.peregrine.bench.kv.Items;
import dev.peregrine.bench.kv.KeyValues;
import java.util.concurrent.ConcurrentHashMap;

/** The JDK's map: on the heap, nothing on disk. The ceiling for a single process that may lose everything. */
final class HashMapValues implements KeyValues {
    private final Items items;
    private final String[] keys;
    private final ConcurrentHashMap<String, byte[]> map;

    HashMapValues(final Items items) {
        this.items = items;
        this.keys = items.keyTexts();
        this.map = new ConcurrentHashMap<>(items.count() * 2);
    }

    @Override
    public Client newClient() {
        return new Client() {
            private final byte[] into = new byte[Items.VALUE_LENGTH];

            @Override
            public boolean get(final int item) {
                final byte[] value = map.get(keys[item]);
                if (value == null) {
                    return false;
                }
                System.arraycopy(value, 0, into, 0, value.length);
                return true;
            }

            @Override
            public void put(final int item) {
                map.put(keys[item], items.newValue());
            }
        };
    }

    @Override
    public void close() {
        map.clear();
    }
}
