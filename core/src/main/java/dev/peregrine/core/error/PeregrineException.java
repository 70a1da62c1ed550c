/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/**
 * Root of every error the engine throws on purpose. Its message is one line that names the thing (stream, table, file,
 * position) and says what to do about it, so that a command line can print it as it stands.
 */
public class PeregrineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public PeregrineException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public PeregrineException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
