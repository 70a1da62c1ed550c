/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** A record is longer than the log takes, or its key and headers than one frame: nothing was published. */
public class RecordTooLongException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public RecordTooLongException(final String message) {
        super(message);
    }
}
