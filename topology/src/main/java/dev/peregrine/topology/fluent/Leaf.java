/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import java.io.Serializable;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * Where values leave a chain.
 *
 * @param output name of the stage's output; empty is the default one.
 * @param codec how they become bytes.
 * @param unchanged whether they are what came in, under the same codec, so that the event's own bytes go on.
 * @param keyBy how they get a key; null leaves the event's.
 * @param withKey whether the key found by a function goes along, behind the value.
 */
record Leaf(String output, Codec<?> codec, boolean unchanged, KeyBy keyBy, boolean withKey) implements Serializable {
    /** Whether the value itself is needed to send it on. */
    boolean readsValue() {
        return !unchanged || keyBy != null && keyBy.isByFunction();
    }

    @SuppressWarnings("unchecked")
    Step<Object> step(final Flow flow) {
        return new Sender(this, (Codec<Object>) flow.codecs().bind(codec), flow);
    }

    /** One instance's. */
    private static final class Sender implements Step<Object> {
        private static final int INITIAL_LENGTH = 256;

        private final Leaf leaf;
        private final Codec<Object> codec;
        private final Flow flow;
        /** Null for the default output, which comes with each event. */
        private final Emitter named;
        private final KeyBy.Worker key;
        private final EventBytes view = new EventBytes();
        private final ExpandableDirectByteBuffer scratch = new ExpandableDirectByteBuffer(INITIAL_LENGTH);

        private Sender(final Leaf leaf, final Codec<Object> codec, final Flow flow) {
            this.leaf = leaf;
            this.codec = codec;
            this.flow = flow;
            this.named = leaf.output.isEmpty() ? null : flow.context().output(leaf.output);
            this.key = leaf.keyBy == null ? null : leaf.keyBy.worker();
        }

        @Override
        public void accept(final Object value) {
            final EventView event = flow.event();
            final Emitter out = named == null ? flow.out() : named;
            view.like(event);
            if (leaf.unchanged) {
                view.set(event.buffer(), event.offset(), event.length());
            } else {
                view.set(scratch, 0, codec.encode(value, scratch, 0)).schema(codec.schemaId(), codec.templateId());
            }
            out.forward(view, key == null ? event.keyHash() : key(value));
        }

        /** Finds the key, puts it behind the value if it is to go along, and returns its hash. */
        private long key(final Object value) {
            if (!leaf.keyBy.isByFunction()) {
                return key.hashIn(view);
            }
            final int length = view.length();
            if (leaf.withKey && leaf.unchanged) {
                scratch.putBytes(0, view.buffer(), view.offset(), length);
            }
            final int keyLength = key.encode(value, scratch, length);
            final long hash = KeyHash.of(scratch, length, keyLength);
            if (leaf.withKey) {
                scratch.putInt(length + keyLength, keyLength);
                view.set(scratch, 0, length + keyLength + PairDescriptor.TRAILER_LENGTH);
            }
            return hash;
        }
    }
}
