/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** Another process holds the data directory; the message names its process id. */
public class DataDirectoryInUseException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public DataDirectoryInUseException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public DataDirectoryInUseException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
