/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** The thing was used after it was closed. */
public class ClosedException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public ClosedException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public ClosedException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
