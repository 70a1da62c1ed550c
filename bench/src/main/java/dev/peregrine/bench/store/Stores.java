/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.store;

import dev.peregrine.bench.kv.ChronicleMapValues;
import dev.peregrine.bench.kv.Items;
import dev.peregrine.bench.kv.KeyValues;
import java.nio.file.Path;

/** The stores that are measured, by the name that stands in parameter {@code subject}. */
final class Stores {
    private Stores() {
    }

    static KeyValues open(final String subject, final Items items, final Path directory) throws Exception {
        return switch (subject) {
            case "peregrine" -> new TableValues(items, directory);
            case "chronicle-map" -> new ChronicleMapValues(items, directory.resolve("map.dat"));
            case "rocksdb" -> new RocksValues(items, directory);
            case "concurrent-hash-map" -> new HashMapValues(items);
            default -> throw new IllegalArgumentException("no such store: " + subject);
        };
    }
}
