/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.thread.IdleStrategies;
import dev.peregrine.log.FrameHandler;
import org.agrona.concurrent.IdleStrategy;

/** Repeats a poll while it hands nothing over: spinning shortly, then parking. Used by one thread. */
final class LongPoll {
    /** What is repeated. */
    @FunctionalInterface
    interface Poll {
        int poll(FrameHandler handler, int limit);
    }

    private final IdleStrategy idle = IdleStrategies.forLongWaits();
    private final Poll poll;

    LongPoll(final Poll poll) {
        this.poll = poll;
    }

    /** Returns 0 after the time-out, or if the thread is interrupted, whose status stays set. */
    int poll(final FrameHandler handler, final int limit, final long timeoutNs) {
        int handled = poll.poll(handler, limit);
        if (handled == 0 && timeoutNs > 0) {
            final long startNs = System.nanoTime();
            idle.reset();
            while (handled == 0 && System.nanoTime() - startNs < timeoutNs && !Thread.currentThread().isInterrupted()) {
                idle.idle();
                handled = poll.poll(handler, limit);
            }
        }
        return handled;
    }
}
