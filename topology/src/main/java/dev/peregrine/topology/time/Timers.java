/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.time;

import org.agrona.DirectBuffer;

/**
 * The timers of an instance: each is a kind, a time and the bytes of a key, and calls {@code Stage.onTimer} once. Setting
 * the same one twice is one timer. Timers are part of the kept state: they survive a crash, and move with the key's
 * routing hash when the parallelism changes. Setting and cancelling are O(1) and allocate nothing. Used by the stage's
 * own thread.
 *
 * <p>Timers in event time fire when the watermark has reached them, before the stage hears of the watermark; those in
 * processing time when the clock has. They fire in order of time, then kind, then key bytes (unsigned). One that is set
 * for a time already reached fires at the next opportunity, after the current call has returned.
 */
public interface Timers {
    /** Longest key, bytes. */
    int MAX_KEY_LENGTH = 1024;

    /** Sets a timer in event time, nanoseconds since 1970. */
    void atEventTime(int kind, long timeNs, DirectBuffer key, int offset, int length);

    /** Sets a timer in processing time, nanoseconds since 1970. */
    void atProcessingTime(int kind, long timeNs, DirectBuffer key, int offset, int length);

    /** Cancels a timer in event time; returns whether it was set. */
    boolean cancelEventTime(int kind, long timeNs, DirectBuffer key, int offset, int length);

    /** Cancels a timer in processing time; returns whether it was set. */
    boolean cancelProcessingTime(int kind, long timeNs, DirectBuffer key, int offset, int length);

    /** Number of timers that are set. */
    int size();
}
