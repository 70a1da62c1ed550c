/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.core.error.PeregrineException;

/** A schema cannot be read, or may not follow the one before it; the message names the file, the line if known, and why. */
public class SchemaException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public SchemaException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public SchemaException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
