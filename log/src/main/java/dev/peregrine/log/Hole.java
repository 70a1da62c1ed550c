/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

/**
 * A claim that is open, at which readers wait.
 *
 * @param position where it begins.
 * @param publisher name of its publisher, or its producer id where it has none.
 * @param producerId its producer id.
 * @param thread name of the thread that claimed it.
 * @param ageNs how long housekeeping has seen it, nanoseconds.
 * @param ownerGone whether its thread has ended or its appender was dropped; it is then about to become padding.
 */
public record Hole(
    long position, String publisher, long producerId, String thread, long ageNs, boolean ownerGone) {
}
