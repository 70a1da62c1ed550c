/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** A group has expelled the member: its partitions have other owners, who are handed what it had not committed. */
public class StaleMemberException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public StaleMemberException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public StaleMemberException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
