/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** The JVM was started without a flag that the engine needs; the message holds the exact flags to add. */
public class JvmFlagsException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public JvmFlagsException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public JvmFlagsException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
