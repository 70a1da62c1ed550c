/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.store.Cache;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.TwoPhaseStage;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * Puts values into a cache when their epoch is committed. A crash empties the cache, so there is nothing to recover.
 *
 * @param codec reads the values from which keys are made; null where events are pairs.
 * @param key makes them; null where events are pairs.
 */
record CacheSink<T>(String cache, long ttlMs, Codec<T> codec, Functions.Mapping<T, String> key)
    implements StageSupplier {

    @Override
    public Stage get() {
        return new Instance<>(this);
    }

    /** One instance's. Gathers entries: length of key (i32), length of value (i32), key, value. */
    private static final class Instance<T> implements TwoPhaseStage {
        private static final int KEY_LENGTH_OFFSET = 0;
        private static final int VALUE_LENGTH_OFFSET = Integer.BYTES;
        private static final int KEY_OFFSET = 2 * Integer.BYTES;
        private static final int INITIAL_LENGTH = 4096;

        private final CacheSink<T> sink;
        private final Codec<T> codec;
        private final ExpandableDirectByteBuffer pending = new ExpandableDirectByteBuffer(INITIAL_LENGTH);
        private Cache cache;
        private int end;
        private int prepared;

        private Instance(final CacheSink<T> sink) {
            this.sink = sink;
            this.codec = sink.codec() == null ? null : sink.codec().forInstance();
        }

        @Override
        public void open(final StageContext context) {
            cache = context.cache(sink.cache());
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            final DirectBuffer buffer = event.buffer();
            final int keyLength;
            int valueLength = event.length();
            if (codec == null) {
                keyLength = PairDescriptor.keyLength(buffer, event.offset(), valueLength);
                final int keyAt = PairDescriptor.keyOffset(event.offset(), valueLength, keyLength);
                pending.putBytes(end + KEY_OFFSET, buffer, keyAt, keyLength);
                valueLength = keyAt - event.offset();
            } else {
                keyLength = Codecs.text().encode(
                    sink.key().apply(codec.decode(buffer, event.offset(), valueLength)), pending, end + KEY_OFFSET);
            }
            pending.putInt(end + KEY_LENGTH_OFFSET, keyLength);
            pending.putInt(end + VALUE_LENGTH_OFFSET, valueLength);
            pending.putBytes(end + KEY_OFFSET + keyLength, buffer, event.offset(), valueLength);
            end += KEY_OFFSET + keyLength + valueLength;
        }

        @Override
        public void prepare(final long epoch) {
            prepared = end;
        }

        @Override
        public void commit(final long epoch) {
            int at = 0;
            while (at < prepared) {
                final int keyLength = pending.getInt(at + KEY_LENGTH_OFFSET);
                final int valueLength = pending.getInt(at + VALUE_LENGTH_OFFSET);
                final int valueAt = at + KEY_OFFSET + keyLength;
                cache.put(pending, at + KEY_OFFSET, keyLength, pending, valueAt, valueLength, sink.ttlMs());
                at = valueAt + valueLength;
            }
            pending.putBytes(0, pending, prepared, end - prepared);
            end -= prepared;
            prepared = 0;
        }

        @Override
        public void recover(final long committedEpoch) {
            // a crash leaves the cache empty
        }
    }
}
