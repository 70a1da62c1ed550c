/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** A file operation failed; the message names the file and the operation. */
public class StorageException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public StorageException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public StorageException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
