/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

/**
 * What a window computed for a key. Its event time is the last nanosecond of the window, or that of the event that
 * completed it where windows go by a number of events.
 *
 * @param key the key.
 * @param startNs start of the window, nanoseconds since 1970; of a window of a number of events the number of the first
 *     one, counted from 0 in each key.
 * @param endNs its end, exclusive.
 * @param firing why it comes when it comes.
 * @param value the result.
 * @param <K> type of the keys.
 * @param <R> type of the results.
 */
public record WindowResult<K, R>(K key, long startNs, long endNs, Firing firing, R value) {
    /** Why a window gives a result. */
    public enum Firing {
        /** The watermark has come to its end. */
        ON_TIME,
        /** An event came after its end: this corrects what was sent before of the same key and window. */
        LATE,
        /** It was asked to tell before its end. */
        EARLY
    }
}
