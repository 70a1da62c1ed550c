/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

/** Takes the frames of a poll, in log order, on the polling thread. */
@FunctionalInterface
public interface FrameHandler {
    /** Called once per frame; the flyweight is valid only until this returns. */
    void onFrame(Frame frame);
}
