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
import dev.peregrine.topology.aggregate.Aggregator;
import dev.peregrine.topology.state.KeyedState;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Keeps an accumulator per key. */
record AggregateStage<T>(Keyed<T> keyed, Aggregate<T, ?> aggregate) implements StageSupplier {
    @Override
    public Stage get() {
        return new Instance<>(keyed, new ValueAggregator<>(keyed, aggregate));
    }

    /** One instance's. */
    private static final class Instance<T> implements Stage {
        private final Keyed<T> keyed;
        private final Aggregator aggregator;
        private final KeyView key = new KeyView();
        private final KeyedValueState.EntryVisitor emitChanged = this::emitChanged;
        private KeyedValueState accumulators;
        private long latestNs = Long.MIN_VALUE;
        private Emitter emitter;

        private Instance(final Keyed<T> keyed, final Aggregator aggregator) {
            this.keyed = keyed;
            this.aggregator = aggregator;
        }

        @Override
        public void open(final StageContext context) {
            accumulators = context.valueState(
                "accumulator", KeyedState.MAX_KEY_LENGTH, aggregator.accumulatorLength(), keyed.ttl(context));
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            keyed.selector().select(event, key);
            final int at = accumulators.getOrCreate(key.buffer(), key.offset(), key.length());
            aggregator.add(event, accumulators.buffer(), at);
            if (keyed.perEpoch()) {
                latestNs = Math.max(latestNs, event.timestampNs());
            } else {
                emit(out, accumulators.buffer(), at, key.buffer(), key.offset(), key.length());
                out.commit(event.keyHash(), event.timestampNs(), 0, 0);
            }
        }

        @Override
        public void onEpoch(final long epoch, final Emitter out) {
            if (keyed.perEpoch()) {
                emitter = out;
                accumulators.forEachChanged(emitChanged);
            }
        }

        private void emitChanged(
            final MutableDirectBuffer buffer, final int keyOffset, final int keyLength, final int accumulator) {
            emit(emitter, buffer, accumulator, buffer, keyOffset, keyLength);
            emitter.commit(KeyHash.of(buffer, keyOffset, keyLength), latestNs, 0, 0);
        }

        private void emit(
            final Emitter out, final DirectBuffer buffer, final int accumulator, final DirectBuffer keys,
            final int keyOffset, final int keyLength) {
            final int length = aggregator.resultLength();
            final int at = out.claim(length + keyLength + PairDescriptor.TRAILER_LENGTH);
            aggregator.result(buffer, accumulator, out.buffer(), at);
            PairDescriptor.putKey(out.buffer(), at + length, keys, keyOffset, keyLength);
        }
    }
}
