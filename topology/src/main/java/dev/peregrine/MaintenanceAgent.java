/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.eventbus.EventBus;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;

/**
 * What is done with sealed segments. After each step the thread rests for as long as the step took, so that it never has
 * more than half of a core.
 */
final class MaintenanceAgent implements Agent {
    private final EventBus bus;
    private final AtomicReference<Throwable> failure;

    /** Takes a failure back when work goes on after it, for example because there is room on the disk again. */
    MaintenanceAgent(final EventBus bus, final AtomicReference<Throwable> failure) {
        this.bus = bus;
        this.failure = failure;
    }

    @Override
    public int doWork() {
        final long startNs = System.nanoTime();
        final int work = bus.doMaintenance();
        if (work > 0) {
            if (failure.get() instanceof StorageException) {
                failure.set(null);
            }
            LockSupport.parkNanos(System.nanoTime() - startNs);
        }
        return work;
    }

    @Override
    public String roleName() {
        return "peregrine-maintenance";
    }
}
