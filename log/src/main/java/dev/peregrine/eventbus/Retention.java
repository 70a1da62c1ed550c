/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;

/**
 * What of a stream is kept. Whole segments are deleted, the oldest first, and never the one being written.
 *
 * @param ageMs segments whose youngest record is older go; 0 keeps them for ever.
 * @param bytes the oldest segments of a partition go while it holds more; 0 is no limit.
 * @param keepUnread whether what a durable subscription has not committed stays, whatever its age and size.
 */
public record Retention(long ageMs, long bytes, boolean keepUnread) {
    /** Everything is kept. */
    public static final Retention FOREVER = new Retention(0, 0, false);

    /** Checks the numbers. */
    public Retention {
        if (ageMs < 0 || bytes < 0) {
            throw new ConfigurationException("retention must not be negative: age " + ageMs + " ms, " + bytes + " bytes");
        }
    }

    /** Whether anything may ever be deleted. */
    public boolean deletes() {
        return ageMs > 0 || bytes > 0;
    }
}
