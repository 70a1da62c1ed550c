/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.concurrent.atomic.AtomicLong;

/** A clock that moves when a test says so, or when somebody waits for it. */
final class ManualClock implements MonotonicClock {
    private final AtomicLong now = new AtomicLong(1_000_000_000_000L);

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void park(final long ns) {
        advance(ns);
    }

    void advance(final long ns) {
        now.addAndGet(ns);
    }
}
