/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** A setting is unknown, impossible or contradicts another; the message names the key, and file and line if known. */
public class ConfigurationException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public ConfigurationException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public ConfigurationException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
