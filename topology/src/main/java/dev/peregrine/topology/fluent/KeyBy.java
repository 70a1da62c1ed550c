/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.KeyView;
import java.io.Serializable;
import org.agrona.MutableDirectBuffer;

/** How the key of an event is found before it leaves a chain: by its bytes, or by a function of its value. */
record KeyBy(KeySelector selector, Functions.Mapping<?, ?> function, Codec<?> codec) implements Serializable {
    boolean isByFunction() {
        return function != null;
    }

    Worker worker() {
        return new Worker(this);
    }

    /** One instance's. */
    static final class Worker {
        private final KeyBy keyBy;
        private final Codec<Object> codec;
        private final KeyView key = new KeyView();

        @SuppressWarnings("unchecked")
        private Worker(final KeyBy keyBy) {
            this.keyBy = keyBy;
            this.codec = keyBy.isByFunction() ? ((Codec<Object>) keyBy.codec).forInstance() : null;
        }

        /** Hash of the key that lies in an event. */
        long hashIn(final EventBytes event) {
            keyBy.selector.select(event, key);
            return KeyHash.of(key.buffer(), key.offset(), key.length());
        }

        /** Writes the key of a value; returns its length. */
        @SuppressWarnings("unchecked")
        int encode(final Object value, final MutableDirectBuffer into, final int offset) {
            return codec.encode(((Functions.Mapping<Object, Object>) keyBy.function).apply(value), into, offset);
        }
    }
}
