/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.FigureNames;
import java.util.List;

/** Figures of the rings that lead to one instance. Safe for many threads. */
final class RingFigures {
    private final StageInstance receiver;
    private final Edge[] edges;

    private RingFigures(final StageInstance receiver, final Edge[] edges) {
        this.receiver = receiver;
        this.edges = edges;
    }

    static RingFigures of(final List<Edge> all, final StageInstance receiver) {
        return new RingFigures(
            receiver, all.stream().filter(edge -> edge.ring().receiver() == receiver).toArray(Edge[]::new));
    }

    void add(final TopologyFigures figures) {
        figures.add(receiver.component(), receiver.task(), FigureNames.HELD_UP_NS, this::heldUpNs);
        figures.add(receiver.component(), receiver.task(), FigureNames.RING_FILL, this::fill);
        figures.add(receiver.component(), receiver.task(), FigureNames.RING_SLOTS, this::slots);
    }

    /** Nanoseconds that senders have waited for room. */
    long heldUpNs() {
        long sum = 0;
        for (int i = 0; i < edges.length; i++) {
            sum += edges[i].ring().waitedNs();
        }
        return sum;
    }

    private long fill() {
        long fullest = 0;
        for (int i = 0; i < edges.length; i++) {
            fullest = Math.max(fullest, edges[i].ring().fill());
        }
        return fullest;
    }

    private long slots() {
        return edges.length == 0 ? 0 : edges[0].ring().slots();
    }
}
