/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;

/**
 * Rates per second; 0 is no limit. A second's worth may come at once; a record or batch that is larger passes when the rate
 * has caught up with all before it. What goes over a soft limit is counted, what goes over a hard limit is dealt with as
 * {@link Limits#onExceed} says. A client may be ahead of a limit by 64 records, and no more than a 4096th of what a second
 * brings. Made from {@link #NONE}.
 *
 * @param softRecords records per second over which they are counted.
 * @param softBytes bytes of payload per second over which records are counted.
 * @param hardRecords records per second.
 * @param hardBytes bytes of payload per second.
 */
public record RateLimit(long softRecords, long softBytes, long hardRecords, long hardBytes) {
    /** No limit. */
    public static final RateLimit NONE = new RateLimit(0, 0, 0, 0);

    /** Checks the numbers. */
    public RateLimit {
        if (softRecords < 0 || softBytes < 0 || hardRecords < 0 || hardBytes < 0) {
            throw new ConfigurationException("a limit must not be negative: records " + softRecords + " (soft), "
                + hardRecords + " (hard), bytes " + softBytes + " (soft), " + hardBytes + " (hard)");
        }
    }

    /** The same with another soft limit of records. */
    public RateLimit withSoftRecords(final long value) {
        return new RateLimit(value, softBytes, hardRecords, hardBytes);
    }

    /** The same with another soft limit of bytes. */
    public RateLimit withSoftBytes(final long value) {
        return new RateLimit(softRecords, value, hardRecords, hardBytes);
    }

    /** The same with another hard limit of records. */
    public RateLimit withHardRecords(final long value) {
        return new RateLimit(softRecords, softBytes, value, hardBytes);
    }

    /** The same with another hard limit of bytes. */
    public RateLimit withHardBytes(final long value) {
        return new RateLimit(softRecords, softBytes, hardRecords, value);
    }
}
