/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** There is no room for the next segment: free space on the named disk, then publish again; readers go on meanwhile. */
public class DiskFullException extends StorageException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public DiskFullException(final String message) {
        super(message);
    }

    /** An error with the failure that led to it. */
    public DiskFullException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
