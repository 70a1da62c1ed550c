/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cache;

import dev.peregrine.bench.kv.Items;
import dev.peregrine.bench.kv.KeyValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.caffinitas.ohc.CacheSerializer;
import org.caffinitas.ohc.OHCache;
import org.caffinitas.ohc.OHCacheBuilder;

/** OHC in its defaults: off-heap, linked entries, locks on segments. */
final class OhcCache implements KeyValues {
    private final Items items;
    private final byte[][] keys;
    private final OHCache<byte[], byte[]> cache;

    OhcCache(final Items items, final long capacityBytes) {
        this.items = items;
        this.keys = items.keyArrays();
        this.cache = OHCacheBuilder.<byte[], byte[]>newBuilder()
            .keySerializer(new Arrays(Items.KEY_LENGTH))
            .valueSerializer(new Arrays(Items.VALUE_LENGTH))
            .capacity(capacityBytes)
            .build();
    }

    private record Arrays(int length) implements CacheSerializer<byte[]> {
        @Override
        public void serialize(final byte[] value, final ByteBuffer into) {
            into.put(value);
        }

        @Override
        public byte[] deserialize(final ByteBuffer from) {
            final byte[] value = new byte[length];
            from.get(value);
            return value;
        }

        @Override
        public int serializedSize(final byte[] value) {
            return value.length;
        }
    }

    @Override
    public Client newClient() {
        return new Client() {
            private final byte[] from = new byte[Items.VALUE_LENGTH];

            @Override
            public boolean get(final int item) {
                return cache.get(keys[item]) != null;
            }

            @Override
            public void put(final int item) {
                items.value().getBytes(0, from);
                cache.put(keys[item], from);
            }
        };
    }

    @Override
    public void close() throws IOException {
        cache.close();
    }
}
