/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gaps of one reader: counted, handed on, and logged where nobody wants to be told. Used by the reader's thread. */
final class GapReporter {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionReader.class);
    private static final long LOG_INTERVAL_NS = 10_000_000_000L;

    private GapHandler handler;
    private long count;
    private Gap last;
    private boolean untold;
    private boolean logged;
    private long loggedNs;

    void handler(final GapHandler value) {
        handler = value;
        if (value != null && untold) {
            untold = false;
            value.onGap(last);
        }
    }

    void report(final Gap gap) {
        count++;
        last = gap;
        if (handler != null) {
            handler.onGap(gap);
            return;
        }
        untold = true;
        if (gap.cause() == Gap.Cause.DAMAGED) {
            return; // logged once for all readers
        }
        final long nowNs = System.nanoTime();
        if (!logged || nowNs - loggedNs >= LOG_INTERVAL_NS) {
            logged = true;
            loggedNs = nowNs;
            LOG.warn("{} (gap {} of this reader)", gap, count);
        }
    }

    long count() {
        return count;
    }

    Gap last() {
        return last;
    }
}
