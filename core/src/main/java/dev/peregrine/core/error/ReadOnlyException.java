/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** Something was to be written through what was opened for reading only. */
public class ReadOnlyException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public ReadOnlyException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public ReadOnlyException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
