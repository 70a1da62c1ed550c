/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/**
 * A topology needs more memory than its budget, before it starts or while it runs; the message says what needs how much and
 * which setting to change. One that runs stops at its last commit: nothing is lost, and with a larger budget it goes on
 * from there.
 */
public final class MemoryBudgetException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    /** An error with its message. */
    public MemoryBudgetException(final String message) {
        super(message);
    }
}
