/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

/**
 * What opening a partition found.
 *
 * @param endPosition where appending goes on.
 * @param framesVerified frames whose checksums were read; sealed segments are not read again.
 * @param holesSealed ranges that a dead publisher had claimed and not committed, now padding.
 * @param cutPosition first byte that was cut from the tail, or -1.
 * @param cutBytes bytes cut; they are kept in a {@code .torn} file beside the segment.
 * @param framesRestored frames of the first copy that were damaged or missing and came from the second.
 * @param filesRestored files of either copy that were damaged or missing and came from the other.
 */
public record RecoveryReport(
    long endPosition, long framesVerified, int holesSealed, long cutPosition, long cutBytes,
    long framesRestored, int filesRestored) {

    RecoveryReport withFilesRestored(final int count) {
        return new RecoveryReport(
            endPosition, framesVerified, holesSealed, cutPosition, cutBytes, framesRestored, count);
    }

    /** Whether the log was exactly as a clean stop leaves it. */
    public boolean isClean() {
        return holesSealed == 0 && cutBytes == 0 && framesRestored == 0 && filesRestored == 0;
    }
}
