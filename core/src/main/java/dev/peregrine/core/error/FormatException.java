/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** A file was written by an older or newer format than this build reads, or is not a file of ours at all. */
public class FormatException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public FormatException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public FormatException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
