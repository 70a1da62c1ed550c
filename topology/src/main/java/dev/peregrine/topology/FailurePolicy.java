/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import dev.peregrine.core.error.ConfigurationException;
import java.util.concurrent.TimeUnit;

/**
 * What happens to an event whose stage throws.
 *
 * <p>A retry calls the stage again with the same event. What the stage had emitted or changed in its state before it
 * threw stays, so a stage that is retried should throw first and act then. Errors of the engine itself (a full disk, a
 * fenced writer, a closed log) and {@link Error}s are no faults of the event: they stop the topology under every policy.
 *
 * @param retries calls after the first one that failed.
 * @param backoffNs nanoseconds before the first retry, doubled for each further one; the whole thread waits.
 * @param toDeadLetters whether the event then goes to the topology's dead-letter stream and the topology goes on;
 *     otherwise it stops.
 */
public record FailurePolicy(int retries, long backoffNs, boolean toDeadLetters) {
    private static final int MAX_RETRIES = 1_000;
    private static final long MAX_BACKOFF_NS = TimeUnit.MINUTES.toNanos(1);

    /** Checks the numbers. */
    public FailurePolicy {
        if (retries < 0 || retries > MAX_RETRIES || backoffNs < 0 || backoffNs > MAX_BACKOFF_NS) {
            throw new ConfigurationException("a failure policy has 0 to " + MAX_RETRIES + " retries and a back-off of 0 to "
                + MAX_BACKOFF_NS + " ns, not " + retries + " and " + backoffNs);
        }
    }

    /** The event goes to the dead-letter stream at once. */
    public static FailurePolicy deadLetter() {
        return new FailurePolicy(0, 0, true);
    }

    /** The topology stops; nothing of the epoch counts, and the event is there again at the next start. */
    public static FailurePolicy failTopology() {
        return new FailurePolicy(0, 0, false);
    }

    /** The same after so many retries. */
    public FailurePolicy afterRetries(final int count, final long firstBackoffNs) {
        return new FailurePolicy(count, firstBackoffNs, toDeadLetters);
    }

    /** Nanoseconds to wait before a retry, which are counted from 1. */
    public long backoffNs(final int retry) {
        return Math.min(MAX_BACKOFF_NS, backoffNs << Math.min(retry - 1, 20));
    }
}
