/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What a run flat out did, handed to JMH as counters of its iteration. The names of the fields are what {@link
 * dev.peregrine.bench.cli.Figures} looks for.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Throughput {
    /** Events per second of wall-clock time. */
    public double eventsPerSecond;
    /** Heap bytes per event, of this process. */
    public double allocatedBytesPerEvent;

    /** Takes both from whoever measured them. */
    public void set(final double perSecond, final double bytesPerEvent) {
        eventsPerSecond = perSecond;
        allocatedBytesPerEvent = bytesPerEvent;
    }
}
