/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** Another process has taken the data directory over: nothing that this one writes counts any more. */
public class FencedException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public FencedException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public FencedException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
