/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.window;

import org.agrona.BitUtil;

/**
 * Layout of the event that a window emits for a key.
 *
 * <pre>
 *  +-----------------------------+
 *  | Start of the window (i64)   |  0
 *  +-----------------------------+
 *  | End, exclusive (i64)        |  8
 *  +-----------------------------+
 *  | Key length (i32)            | 16
 *  +-----------------------------+
 *  | Which firing it is (i32)    | 20
 *  +-----------------------------+
 *  | Result of the aggregator   ... 24
 *  +-----------------------------+
 *  | Key                        ...
 *  +-----------------------------+
 * </pre>
 */
public final class WindowResultDescriptor {
    /** Offset of the window's start, nanoseconds since 1970. */
    public static final int START_OFFSET = 0;
    /** Offset of the window's end. */
    public static final int END_OFFSET = START_OFFSET + BitUtil.SIZE_OF_LONG;
    /** Offset of the key's length. */
    public static final int KEY_LENGTH_OFFSET = END_OFFSET + BitUtil.SIZE_OF_LONG;
    /** Offset of what made the window fire: {@link #ON_TIME}, {@link #LATE} or {@link #EARLY}. */
    public static final int FIRING_OFFSET = KEY_LENGTH_OFFSET + BitUtil.SIZE_OF_INT;
    /** Offset of the aggregator's result; the key follows behind it. */
    public static final int RESULT_OFFSET = FIRING_OFFSET + BitUtil.SIZE_OF_INT;

    /** Fired at the window's end, when all of its events were expected to have come. */
    public static final int ON_TIME = 0;
    /** Fired for an event that came after the window's end. */
    public static final int LATE = 1;
    /** Fired before the window's end. */
    public static final int EARLY = 2;

    private WindowResultDescriptor() {
    }
}
