/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.nio.file.Files;

/**
 * The counters of a log that this process writes. Made with the first appender, or if there are some from before, so that
 * a log that is not used costs no file and no mapping. Thread-safe.
 */
final class CountersWriter {
    private final PartitionConfig config;
    /** Null while there are none; never unmapped but by the collector, since a late publisher may be forcing. */
    private volatile PartitionCounters counters;

    CountersWriter(final PartitionConfig config) {
        this.config = config;
        if (Files.exists(PartitionCounters.fileIn(config.directory()))) {
            open(); // what an earlier process said there no longer holds
        }
    }

    /** Makes them if there are none; they can be done without. */
    void open() {
        if (counters == null) {
            synchronized (this) {
                if (counters == null) {
                    counters = PartitionCounters.write(config, config.files().fence().isTakeOver());
                }
            }
        }
    }

    void publish(final long durable, final long appended) {
        final PartitionCounters shown = counters;
        if (shown != null) {
            shown.publish(durable, appended);
        }
    }
}
