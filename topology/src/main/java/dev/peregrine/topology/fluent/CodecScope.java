/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The codecs of one instance of a stage. Flyweights of one scope know where each other's lie, so that what one codec has
 * read another may send on. Used by one thread.
 */
final class CodecScope {
    private final Map<Object, FlyweightCodec.Bound<?>> flyweights = new IdentityHashMap<>();

    /** A codec that makes its instances by scope. */
    interface Scoped<T> extends Codec<T> {
        /** The codec for one user in a scope. */
        Codec<T> bind(CodecScope scope);

        @Override
        default Codec<T> forInstance() {
            return bind(new CodecScope());
        }
    }

    /** The codec for one user. */
    <T> Codec<T> bind(final Codec<T> codec) {
        return codec instanceof Scoped<T> scoped ? scoped.bind(this) : codec.forInstance();
    }

    Map<Object, FlyweightCodec.Bound<?>> flyweights() {
        return flyweights;
    }
}
