/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.join.IntervalJoin;
import dev.peregrine.topology.join.JoinFunction;
import dev.peregrine.topology.join.JoinSides;
import dev.peregrine.topology.join.JoinType;
import dev.peregrine.topology.join.WindowJoin;
import java.io.Serializable;
import java.time.Duration;

/**
 * Which events of two streams, under the same key, meet. All go by event time: the sources must make watermarks. What comes
 * when all that it could meet is gone is dropped.
 */
public final class JoinWindow implements Serializable {
    private static final long serialVersionUID = 1;

    private final Shape shape;

    private JoinWindow(final Shape shape) {
        this.shape = shape;
    }

    /** Makes the stage of a kind of join. */
    @FunctionalInterface
    private interface Shape extends Serializable {
        StageSupplier stage(JoinSides sides, JoinType type, JoinFunction function);
    }

    /** Events of one window; windows follow one another. A pair comes when its window has ended, at its last nanosecond. */
    public static JoinWindow tumbling(final Duration size) {
        return sliding(size, size);
    }

    /** Events of one window; windows start every slide. A pair comes once for each window that has both. */
    public static JoinWindow sliding(final Duration size, final Duration slide) {
        return new JoinWindow((sides, type, function) ->
            WindowJoin.sliding(sides, size, slide).type(type).with(function));
    }

    /**
     * Each left event with the right events from so long before it to so long after it, both included. A pair comes once,
     * with the second of the two, at the later time.
     */
    public static JoinWindow within(final Duration before, final Duration after) {
        return new JoinWindow((sides, type, function) ->
            IntervalJoin.between(sides, before.negated(), after).type(type).with(function));
    }

    StageSupplier stage(final JoinSides sides, final JoinType type, final JoinFunction function) {
        return shape.stage(sides, type, function);
    }
}
