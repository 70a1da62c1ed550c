/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.PeregrineException;

/** A stage threw, and its failure policy stops the topology. The cause is what it threw. */
final class StageFailedException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    StageFailedException(final String instance, final RuntimeException cause) {
        super(instance + " failed: " + cause, cause);
    }
}
