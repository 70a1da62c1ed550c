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
import dev.peregrine.topology.state.KeyedCounter;
import org.agrona.DirectBuffer;

/** Counts per key. */
record CountStage(Keyed<?> keyed) implements StageSupplier {
    @Override
    public Stage get() {
        return new Instance(keyed);
    }

    /** One instance's. */
    private static final class Instance implements Stage {
        private final Keyed<?> keyed;
        private final KeyView key = new KeyView();
        private final KeyedCounter.CounterVisitor emitChanged = this::emitChanged;
        private KeyedCounter counts;
        private long latestNs = Long.MIN_VALUE;
        private Emitter emitter;

        private Instance(final Keyed<?> keyed) {
            this.keyed = keyed;
        }

        @Override
        public void open(final StageContext context) {
            counts = context.counterState("count", keyed.ttl(context));
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            keyed.selector().select(event, key);
            final long count = counts.add(key.buffer(), key.offset(), key.length(), 1);
            if (keyed.perEpoch()) {
                latestNs = Math.max(latestNs, event.timestampNs());
            } else {
                emit(out, key.buffer(), key.offset(), key.length(), count);
                out.commit(event.keyHash(), event.timestampNs(), 0, 0);
            }
        }

        @Override
        public void onEpoch(final long epoch, final Emitter out) {
            if (keyed.perEpoch()) {
                emitter = out;
                counts.forEachChanged(emitChanged);
            }
        }

        private void emitChanged(final DirectBuffer buffer, final int keyOffset, final int keyLength, final long count) {
            emit(emitter, buffer, keyOffset, keyLength, count);
            emitter.commit(KeyHash.of(buffer, keyOffset, keyLength), latestNs, 0, 0);
        }

        private static void emit(
            final Emitter out, final DirectBuffer keys, final int offset, final int length, final long count) {
            final int at = out.claim(Long.BYTES + length + PairDescriptor.TRAILER_LENGTH);
            out.buffer().putLong(at, count);
            PairDescriptor.putKey(out.buffer(), at + Long.BYTES, keys, offset, length);
        }
    }
}
