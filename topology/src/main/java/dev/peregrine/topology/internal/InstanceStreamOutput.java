/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.StreamOutput;

/** What the runtime does with a stream output beside what the stage does. */
interface InstanceStreamOutput extends StreamOutput, AutoCloseable {
    /** Every record of the epoch was committed by the stage. */
    void endEpoch(long epoch);

    /** The epochs up to this one count; returns the number of records that went out. */
    int applyCommitted(long epoch);

    @Override
    void close();
}
