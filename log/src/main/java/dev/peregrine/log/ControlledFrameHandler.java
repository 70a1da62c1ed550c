/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

/**
 * Takes the frames of a controlled poll, in log order, on the polling thread, and says after each how to go on. The
 * answers are those of Aeron's {@code ControlledFragmentHandler}.
 */
@FunctionalInterface
public interface ControlledFrameHandler {
    /** How a controlled poll goes on. */
    enum Action {
        /** Stop, and stay before this record: the next poll hands it over again. It does not count as polled. */
        ABORT,
        /** Stop behind this record. */
        BREAK,
        /**
         * Go on, and keep the place behind this record at once. A subscription writes it as its committed place of the
         * partition; a {@link PartitionReader} has no other place than its own, there it is {@link #CONTINUE}.
         */
        COMMIT,
        /** Go on. */
        CONTINUE
    }

    /** Called once per frame; the flyweight is valid only until this returns. */
    Action onFrame(Frame frame);
}
