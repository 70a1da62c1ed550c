/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

/** Ends an agent at its first error instead of letting it go on with half an event done. */
final class FailStopAgent implements Agent {
    private final Agent delegate;
    private final ErrorHandler onFailure;

    FailStopAgent(final Agent delegate, final ErrorHandler onFailure) {
        this.delegate = delegate;
        this.onFailure = onFailure;
    }

    @Override
    public void onStart() {
        delegate.onStart();
    }

    @Override
    @SuppressWarnings("IllegalCatch")
    public int doWork() throws Exception {
        try {
            return delegate.doWork();
        } catch (final Exception | Error e) {
            onFailure.onError(e);
            throw new AgentTerminationException(e);
        }
    }

    @Override
    public void onClose() {
        delegate.onClose();
    }

    @Override
    public String roleName() {
        return delegate.roleName();
    }
}
