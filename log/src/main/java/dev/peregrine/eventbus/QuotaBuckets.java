/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

/** The buckets of one {@link RateLimit}; null where there is no limit. */
final class QuotaBuckets {
    private final RateBucket softRecords;
    private final RateBucket softBytes;
    private final RateBucket hardRecords;
    private final RateBucket hardBytes;

    /**
     * Full buckets.
     *
     * @param path where the limits are set.
     * @param shared whether several threads take from them.
     */
    QuotaBuckets(final String path, final RateLimit limit, final boolean shared, final long nowNs) {
        softRecords = bucket(path + ".soft-records", limit.softRecords(), false, shared, nowNs);
        softBytes = bucket(path + ".soft-bytes", limit.softBytes(), true, shared, nowNs);
        hardRecords = bucket(path + ".hard-records", limit.hardRecords(), false, shared, nowNs);
        hardBytes = bucket(path + ".hard-bytes", limit.hardBytes(), true, shared, nowNs);
    }

    private static RateBucket bucket(
        final String limit, final long perSecond, final boolean ofBytes, final boolean shared, final long nowNs) {
        return perSecond == 0 ? null : new RateBucket(limit, perSecond, ofBytes, shared, nowNs);
    }

    boolean isUnlimited() {
        return softRecords == null && softBytes == null && hardRecords == null && hardBytes == null;
    }

    /** Whether either soft limit is exceeded; each counts what is within it. */
    boolean isOverSoft(final int records, final long bytes, final long nowNs) {
        final boolean overRecords = softRecords != null && !softRecords.take(records, bytes, nowNs);
        final boolean overBytes = softBytes != null && !softBytes.take(records, bytes, nowNs);
        return overRecords || overBytes;
    }

    /** The hard limit that does not allow it, or null if it was taken from both. */
    RateBucket takeHard(final int records, final long bytes, final long nowNs) {
        if (hardRecords != null && !hardRecords.take(records, bytes, nowNs)) {
            return hardRecords;
        }
        if (hardBytes != null && !hardBytes.take(records, bytes, nowNs)) {
            if (hardRecords != null) {
                hardRecords.giveBack(records, bytes);
            }
            return hardBytes;
        }
        return null;
    }

    /** Takes from both hard limits for what was published already. */
    void payHard(final int records, final long bytes, final long nowNs) {
        if (hardRecords != null) {
            hardRecords.pay(records, bytes, nowNs);
        }
        if (hardBytes != null) {
            hardBytes.pay(records, bytes, nowNs);
        }
    }

    /** How many records one client may publish before it pays, as far as the limits of records go. */
    long creditOfRecords() {
        return Math.min(credit(softRecords), credit(hardRecords));
    }

    /** How many bytes one client may publish before it pays, as far as the limits of bytes go. */
    long creditOfBytes() {
        return Math.min(credit(softBytes), credit(hardBytes));
    }

    private static long credit(final RateBucket bucket) {
        return bucket == null ? Long.MAX_VALUE : bucket.credit();
    }

    /** Gives back what {@link #takeHard} took. */
    void giveBackHard(final int records, final long bytes) {
        if (hardRecords != null) {
            hardRecords.giveBack(records, bytes);
        }
        if (hardBytes != null) {
            hardBytes.giveBack(records, bytes);
        }
    }
}
