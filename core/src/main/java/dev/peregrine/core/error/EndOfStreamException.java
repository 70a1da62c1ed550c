/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** The stream was ended: what is there can be read, and nothing is appended any more. */
public class EndOfStreamException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public EndOfStreamException(final String message) {
        super(message);
    }
}
