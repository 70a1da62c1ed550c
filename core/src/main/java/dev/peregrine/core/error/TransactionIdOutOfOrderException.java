/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** A transaction id is smaller than one its publisher has used in the partition before: nothing was published. */
public class TransactionIdOutOfOrderException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error that has no other cause. */
    public TransactionIdOutOfOrderException(final String message) {
        super(message);
    }
}
