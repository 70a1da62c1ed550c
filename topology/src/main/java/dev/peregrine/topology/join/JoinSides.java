/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.StageContext;
import java.io.Serializable;

/** The two sides of a join: which events are left and which right, and by what key they find each other. */
public final class JoinSides implements Serializable {
    private static final long serialVersionUID = 1;

    private final EventPredicate isLeft;
    private final int leftInputs;
    private final KeySelector leftKey;
    private final KeySelector rightKey;

    private JoinSides(
        final EventPredicate isLeft, final int leftInputs, final KeySelector leftKey, final KeySelector rightKey) {
        this.isLeft = isLeft;
        this.leftInputs = leftInputs;
        this.leftKey = leftKey;
        this.rightKey = rightKey;
    }

    /** Left is what comes by the component's first input, right what comes by the others, in order of declaration. */
    public static JoinSides byInput(final KeySelector leftKey, final KeySelector rightKey) {
        return byInput(1, leftKey, rightKey);
    }

    /** Left is what comes by the first so many inputs. */
    public static JoinSides byInput(final int leftInputs, final KeySelector leftKey, final KeySelector rightKey) {
        if (leftInputs < 1) {
            throw new ConfigurationException("a join needs an input for its left side, not " + leftInputs);
        }
        return new JoinSides(null, leftInputs, leftKey, rightKey);
    }

    /** Left is what a predicate says, e.g. by template. */
    public static JoinSides where(
        final EventPredicate isLeft, final KeySelector leftKey, final KeySelector rightKey) {
        return new JoinSides(isLeft, 0, leftKey, rightKey);
    }

    boolean isLeft(final EventView event, final StageContext context) {
        return isLeft == null ? context.input() < leftInputs : isLeft.test(event);
    }

    void select(final EventView event, final boolean left, final KeyView key) {
        (left ? leftKey : rightKey).select(event, key);
    }
}
