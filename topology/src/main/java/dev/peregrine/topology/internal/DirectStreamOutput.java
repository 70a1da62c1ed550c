/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.Publisher;

/** Publishes records as the stage commits them: at most or at least once. */
final class DirectStreamOutput extends OutputEntries implements InstanceStreamOutput {
    private final EntryPublisher publisher;

    DirectStreamOutput(final Publisher publisher) {
        this.publisher = new EntryPublisher(publisher);
    }

    @Override
    public void commit(final long keyHash, final long timestampNs, final int schemaId, final int templateId) {
        finish(keyHash, timestampNs, schemaId, templateId);
        publisher.publish(entries(), 0, publisher.lastSequence() + 1);
        clear();
    }

    @Override
    public void endEpoch(final long epoch) {
        // nothing is held back
    }

    @Override
    public int applyCommitted(final long epoch) {
        return 0;
    }

    @Override
    public void close() {
        publisher.close();
    }
}
