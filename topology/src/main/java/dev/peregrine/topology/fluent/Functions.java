/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.store.RowMutation;
import java.io.Serializable;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.agrona.MutableDirectBuffer;

/**
 * The functions that operators take: those of {@code java.util.function}, serializable, so that a topology can be sent to
 * another engine. One function is called by all instances of its operator, on several threads: it must keep nothing.
 * What it throws is a fault of the event, see {@link dev.peregrine.topology.FailurePolicy}.
 */
public final class Functions {
    private Functions() {
    }

    /** Makes one value of another. */
    @FunctionalInterface
    public interface Mapping<T, R> extends Function<T, R>, Serializable {
    }

    /** Makes one value of two. */
    @FunctionalInterface
    public interface Joining<A, B, R> extends BiFunction<A, B, R>, Serializable {
    }

    /** Makes one value of two of the same type. */
    @FunctionalInterface
    public interface Merging<T> extends BinaryOperator<T>, Serializable {
    }

    /** Says yes or no. */
    @FunctionalInterface
    public interface Condition<T> extends Predicate<T>, Serializable {
    }

    /** Looks at a value. */
    @FunctionalInterface
    public interface Action<T> extends Consumer<T>, Serializable {
    }

    /** Makes a value. */
    @FunctionalInterface
    public interface Initial<A> extends Supplier<A>, Serializable {
    }

    /** Reads a whole number. */
    @FunctionalInterface
    public interface ToLong<T> extends ToLongFunction<T>, Serializable {
    }

    /** Reads a number. */
    @FunctionalInterface
    public interface ToDouble<T> extends ToDoubleFunction<T>, Serializable {
    }

    /** Writes an event made of a value, e.g. by an encoder of SBE. */
    @FunctionalInterface
    public interface EventWriter<T> {
        /** Writes into a buffer that grows; returns how many bytes it took. */
        int write(T value, MutableDirectBuffer into, int offset);
    }

    /** Makes an event writer for each user, so that it can keep an encoder. */
    @FunctionalInterface
    public interface EventWriterMaker<T> extends Serializable {
        /** A new one, to be used by one thread. */
        EventWriter<T> make();
    }

    /** Fills the change of a table's row from a value. */
    @FunctionalInterface
    public interface RowWriter<T> extends Serializable {
        /** Must begin with {@link RowMutation#begin}. */
        void write(T value, RowMutation row);
    }
}
