/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;

/**
 * Rates per second; 0 is no limit. A second's worth may come at once; a record or batch that is larger passes when the rate
 * has caught up with all before it. What goes over a soft limit is counted, what goes over a hard limit is dealt with as
 * {@link Limits#onExceed} says.
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
}
