/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.topology.count;

import java.io.Serializable;

/**
 * An event as peers hold it: 64 bytes in eight fields, of which two matter. Public fields and an empty constructor, as
 * they like it best.
 */
public final class CountEvent implements Serializable {
    private static final long serialVersionUID = 1;

    /** Whose event it is. */
    public long key;
    /** When it happened, milliseconds. */
    public long timeMillis;
    /** Filler. */
    public long a;
    /** Filler. */
    public long b;
    /** Filler. */
    public long c;
    /** Filler. */
    public long d;
    /** Filler. */
    public long e;
    /** Filler. */
    public long f;

    /** An empty event. */
    public CountEvent() {
        // peers fill the fields
    }

    /** Event of a number. */
    static CountEvent of(final CountLoad load, final long number) {
        return of(load.key(number), load.timeMillis(number), number);
    }

    /** An event that only moves time on, beyond all windows. */
    static CountEvent closing(final CountLoad load) {
        return of(CountResults.NOBODY, load.afterAll(), 0);
    }

    private static CountEvent of(final long key, final long timeMillis, final long filler) {
        final CountEvent event = new CountEvent();
        event.key = key;
        event.timeMillis = timeMillis;
        event.a = filler;
        event.b = filler;
        event.c = filler;
        event.d = filler;
        event.e = filler;
        event.f = filler;
        return event;
    }

    /** Whose event it is. */
    public long key() {
        return key;
    }

    /** When it happened, milliseconds. */
    public long timeMillis() {
        return timeMillis;
    }
}
