/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.state.KeyedBytesState;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Keeps per key what a function makes of the result before and the event.
 *
 * @param initial the result before the first event; null lets the first event be the result.
 */
record FoldStage<T, A>(
    Keyed<T> keyed, Functions.Initial<A> initial, Functions.Joining<A, T, A> function, Codec<A> results)
    implements StageSupplier {

    @Override
    public Stage get() {
        return new Instance<>(this);
    }

    /** One instance's. */
    private static final class Instance<T, A> implements Stage {
        private static final int INITIAL_LENGTH = 256;

        private final FoldStage<T, A> fold;
        private final Keyed<T> keyed;
        private final Codec<T> values;
        private final Codec<A> results;
        private final KeyView key = new KeyView();
        private final EventBytes view = new EventBytes();
        private final MutableDirectBuffer scratch = new ExpandableDirectByteBuffer(INITIAL_LENGTH);
        private final KeyedBytesState.BytesVisitor emitChanged = this::emitChanged;
        private KeyedBytesState state;
        private long latestNs = Long.MIN_VALUE;
        private Emitter emitter;

        private Instance(final FoldStage<T, A> fold) {
            final CodecScope scope = new CodecScope();
            this.fold = fold;
            this.keyed = fold.keyed();
            this.values = scope.bind(keyed.values());
            this.results = scope.bind(fold.results());
        }

        @Override
        public void open(final StageContext context) {
            state = context.bytesState("result", keyed.ttl(context));
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            keyed.selector().select(event, key);
            final EventView value = keyed.value(event, key, view);
            final int length = fold(value);
            state.put(key.buffer(), key.offset(), key.length(), scratch, 0, length);
            if (keyed.perEpoch()) {
                latestNs = Math.max(latestNs, event.timestampNs());
            } else {
                emit(out, scratch, 0, length, key.buffer(), key.offset(), key.length());
                out.commit(event.keyHash(), event.timestampNs(), 0, 0);
            }
        }

        /** Writes the new result; returns its length. */
        private int fold(final EventView value) {
            final int found = state.get(key.buffer(), key.offset(), key.length());
            if (found == KeyedBytesState.MISSING && fold.initial() == null) {
                scratch.putBytes(0, value.buffer(), value.offset(), value.length());
                return value.length();
            }
            final A before = found == KeyedBytesState.MISSING
                ? fold.initial().get() : results.decode(state.buffer(), state.offset(), found);
            return results.encode(
                fold.function().apply(before, values.decode(value.buffer(), value.offset(), value.length())), scratch, 0);
        }

        @Override
        public void onEpoch(final long epoch, final Emitter out) {
            if (keyed.perEpoch()) {
                emitter = out;
                state.forEachChanged(emitChanged);
            }
        }

        private void emitChanged(
            final MutableDirectBuffer buffer, final int keyOffset, final int keyLength, final int valueOffset,
            final int valueLength) {
            emit(emitter, buffer, valueOffset, valueLength, buffer, keyOffset, keyLength);
            emitter.commit(KeyHash.of(buffer, keyOffset, keyLength), latestNs, 0, 0);
        }

        private static void emit(
            final Emitter out, final DirectBuffer result, final int offset, final int length, final DirectBuffer keys,
            final int keyOffset, final int keyLength) {
            final int at = out.claim(length + keyLength + PairDescriptor.TRAILER_LENGTH);
            out.buffer().putBytes(at, result, offset, length);
            PairDescriptor.putKey(out.buffer(), at + length, keys, keyOffset, keyLength);
        }
    }
}
