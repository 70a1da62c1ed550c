/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

/**
 * What a table is provisioned with.
 *
 * @param name letters, digits, dot, dash and underscore.
 * @param entriesHint expected number of rows; only a hint, a table grows on line.
 */
public record TableConfig(String name, long entriesHint) {
    private static final long DEFAULT_ENTRIES = 10_000;

    /** A table of unknown size. */
    public static TableConfig of(final String name) {
        return new TableConfig(name, DEFAULT_ENTRIES);
    }
}
