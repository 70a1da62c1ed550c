/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import dev.peregrine.core.error.ConfigurationException;

/**
 * What a table is provisioned with.
 *
 * @param name letters, digits, dot, dash and underscore.
 * @param entriesHint expected number of rows; only a hint, a table grows on line.
 */
public record TableConfig(String name, long entriesHint) {
    private static final long DEFAULT_ENTRIES = 10_000;
    private static final long MOST_ENTRIES = 1L << 32;

    /** Checks the hint; the name is checked where the table is provisioned. */
    public TableConfig {
        if (entriesHint < 1 || entriesHint > MOST_ENTRIES) {
            throw new ConfigurationException("entries-hint of table '" + name + "' is " + entriesHint
                + ", but must be from 1 to " + MOST_ENTRIES);
        }
    }

    /** A table of unknown size. */
    public static TableConfig of(final String name) {
        return new TableConfig(name, DEFAULT_ENTRIES);
    }
}
