/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import java.io.Serializable;
import java.util.concurrent.TimeUnit;

/**
 * The events that everybody counts: number n has a key and a time that follow from n alone, so that any source can make
 * its share of them and a naive count can say what must come out.
 *
 * @param keys distinct keys, 0 to keys - 1, each equally likely.
 * @param events how many events.
 * @param eventsPerSecond events in a second of event time; of real time too, if paced.
 * @param windowMillis length of a window in event time.
 * @param paced whether each event is handed out when it is due, or all as fast as they are taken.
 */
public record CountLoad(int keys, long events, long eventsPerSecond, int windowMillis, boolean paced)
    implements Serializable {
    private static final long MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    /** Key of an event. */
    public long key(final long number) {
        return Math.floorMod(mix(number * GAMMA), keys);
    }

    /** Event time of an event, milliseconds from 0. */
    public long timeMillis(final long number) {
        return number * MILLIS / eventsPerSecond;
    }

    /** When the window that holds a time ends, milliseconds. */
    public long windowEnd(final long timeMillis) {
        return timeMillis - timeMillis % windowMillis + windowMillis;
    }

    /** A time at which every window has ended. */
    public long afterAll() {
        return windowEnd(timeMillis(events - 1)) + windowMillis;
    }

    /** Events a second to hand out; 0 for flat out. */
    public long ratePerSecond() {
        return paced ? eventsPerSecond : 0;
    }

    /** Stafford's variant 13 of the finalizer of MurmurHash3. */
    static long mix(final long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
