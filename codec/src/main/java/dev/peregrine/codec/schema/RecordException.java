/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.core.error.PeregrineException;

/**
 * A record is not as its schema says, on the way to JSON or from it; the message names the field, e.g.
 * {@code Order.legs[2].price}.
 */
public class RecordException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public RecordException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public RecordException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
