/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** The thread that had claimed the room for a record ended, and readers were let past it: publish the record again. */
public class ClaimLostException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public ClaimLostException(final String message) {
        super(message);
    }
}
