/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** A record is not of the schema that its stream is bound to; the message names both. Nothing was published. */
public class SchemaMismatchException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public SchemaMismatchException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public SchemaMismatchException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
