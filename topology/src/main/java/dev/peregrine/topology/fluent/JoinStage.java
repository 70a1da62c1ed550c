/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.join.JoinFunction;
import dev.peregrine.topology.join.JoinSides;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * Joins values of two streams into pairs of their key and what a function makes of them.
 *
 * @param shape the join.
 * @param leftInputs how many inputs are of the left side.
 */
record JoinStage<L, R, O>(
    Shape<L, R> shape, int leftInputs, Keyed<L> left, Keyed<R> right, Functions.Joining<L, R, O> function,
    Codec<O> results) implements StageSupplier {

    /** Makes the stage of a kind of join. */
    @FunctionalInterface
    interface Shape<L, R> extends java.io.Serializable {
        StageSupplier stage(JoinSides sides, Reader<R> rights, JoinFunction function);
    }

    @Override
    public Stage get() {
        final CodecScope scope = new CodecScope();
        final Reader<L> lefts = new Reader<>(left, scope);
        final Reader<R> rights = new Reader<>(right, scope);
        return shape.stage(JoinSides.byInput(leftInputs, left.selector(), right.selector()), new Reader<>(right, scope),
            new Joiner<>(lefts, rights, function, scope.bind(results))).get();
    }

    /** Reads the values of one side, in one instance. */
    static final class Reader<T> {
        private final Keyed<T> keyed;
        private final Codec<T> codec;
        private final KeyView key = new KeyView();
        private final EventBytes view = new EventBytes();

        private Reader(final Keyed<T> keyed, final CodecScope scope) {
            this.keyed = keyed;
            this.codec = scope.bind(keyed.values());
        }

        /** The event's value alone; its key is then known. */
        EventView value(final EventView event) {
            keyed.selector().select(event, key);
            return keyed.value(event, key, view);
        }

        T read(final EventView event) {
            final EventView value = value(event);
            return codec.decode(value.buffer(), value.offset(), value.length());
        }

        private KeyView key() {
            return key;
        }
    }

    /** One instance's. */
    private static final class Joiner<L, R, O> implements JoinFunction {
        private static final long serialVersionUID = 1;
        private static final int INITIAL_LENGTH = 256;

        private final transient Reader<L> lefts;
        private final transient Reader<R> rights;
        private final transient Codec<O> results;
        private final transient ExpandableDirectByteBuffer scratch = new ExpandableDirectByteBuffer(INITIAL_LENGTH);
        private final Functions.Joining<L, R, O> function;

        private Joiner(
            final Reader<L> lefts, final Reader<R> rights, final Functions.Joining<L, R, O> function,
            final Codec<O> results) {
            this.lefts = lefts;
            this.rights = rights;
            this.function = function;
            this.results = results;
        }

        @Override
        public void join(final EventView left, final EventView right, final long timestampNs, final Emitter out) {
            final O result =
                function.apply(left == null ? null : lefts.read(left), right == null ? null : rights.read(right));
            if (result == null) {
                return;
            }
            final KeyView key = left == null ? rights.key() : lefts.key();
            final int length = results.encode(result, scratch, 0);
            final int at = out.claim(length + key.length() + PairDescriptor.TRAILER_LENGTH);
            out.buffer().putBytes(at, scratch, 0, length);
            PairDescriptor.putKey(out.buffer(), at + length, key.buffer(), key.offset(), key.length());
            out.commit((left == null ? right : left).keyHash(), timestampNs, results.schemaId(), results.templateId());
        }
    }
}
