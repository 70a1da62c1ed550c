/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.FencedException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.ReadOnlyException;
import dev.peregrine.core.error.StorageException;

/** Whether a log can still be used, and if not, why. A failure is final: the log must be opened anew. Thread-safe. */
final class LogState {
    private final PartitionConfig config;
    private volatile PeregrineException failure;
    /** Why nothing is appended any more: the failure, or the end of the stream. */
    private volatile PeregrineException refusal;

    LogState(final PartitionConfig config) {
        this.config = config;
    }

    boolean isHealthy() {
        return failure == null;
    }

    /** Nothing is appended from now on, but all else goes on: the log was ended. */
    void refuse(final PeregrineException why) {
        refusal = why;
    }

    /** Nothing goes on. */
    void fail(final PeregrineException cause) {
        failure = cause;
        refusal = cause;
    }

    /** Whether nothing stands against an append: the check of every claim. */
    boolean isWritable() {
        return refusal == null;
    }

    /** Refuses whoever needs a log that is open and has not failed; each caller gets an error with its own stack. */
    void checkHealthy() {
        final PeregrineException failed = failure;
        if (failed != null) {
            if (failed instanceof ClosedException) {
                throw new ClosedException(failed.getMessage());
            }
            if (failed instanceof FencedException) {
                throw new FencedException(failed.getMessage());
            }
            if (failed instanceof ReadOnlyException) {
                throw new ReadOnlyException(failed.getMessage());
            }
            throw new StorageException(failed.getMessage(), failed);
        }
    }

    void readOnly() {
        fail(new ReadOnlyException("log " + config.name() + " in " + config.directory()
            + " is open for reading only: what writes needs the data directory for itself"));
    }
}
