/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.kv;

import java.io.IOException;

/**
 * Something that keeps values under keys: what table and cache are, and their peers. Items are told by their number in
 * {@link Items}; each subject holds the keys in the form that suits it best.
 */
public interface KeyValues extends AutoCloseable {
    /** A client for one thread. */
    Client newClient();

    @Override
    void close() throws IOException;

    /** Reads and writes; used by one thread. */
    interface Client {
        /** Copies an item's value out, or into an object of its own where the subject knows no better. */
        boolean get(int item);

        /** Stores an item's value, copied from off-heap memory. */
        void put(int item);
    }
}
