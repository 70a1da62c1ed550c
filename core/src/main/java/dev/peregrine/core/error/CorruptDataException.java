/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** Bytes on disk fail their checksum; the message names the file and the position. Nothing is skipped silently. */
public class CorruptDataException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public CorruptDataException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public CorruptDataException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
