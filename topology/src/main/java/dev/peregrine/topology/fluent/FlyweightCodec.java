/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.fluent.Codecs.FlyweightMaker;
import dev.peregrine.topology.fluent.Codecs.FlyweightWrapper;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Flyweights. */
record FlyweightCodec<F>(int schemaId, int templateId, FlyweightMaker<F> maker) implements CodecScope.Scoped<F> {
    @Override
    public Codec<F> bind(final CodecScope scope) {
        return new Bound<>(this, scope);
    }

    @Override
    public F decode(final DirectBuffer buffer, final int offset, final int length) {
        return maker.make().wrap(buffer, offset, length);
    }

    @Override
    public int encode(final F value, final MutableDirectBuffer into, final int offset) {
        throw new IllegalStateException("a flyweight is sent on by the user that has read it: see Codec.forInstance()");
    }

    /** One user's: remembers where its flyweight lies. */
    static final class Bound<F> implements Codec<F> {
        private static final long serialVersionUID = 1;

        private final FlyweightCodec<F> codec;
        private final transient CodecScope scope;
        private final transient FlyweightWrapper<F> wrapper;
        private transient F flyweight;
        private transient DirectBuffer buffer;
        private transient int offset;
        private transient int length;

        private Bound(final FlyweightCodec<F> codec, final CodecScope scope) {
            this.codec = codec;
            this.scope = scope;
            this.wrapper = codec.maker().make();
        }

        private Object readResolve() {
            return codec.forInstance();
        }

        @Override
        public F decode(final DirectBuffer from, final int at, final int bytes) {
            final F wrapped = wrapper.wrap(from, at, bytes);
            if (wrapped != flyweight) {
                if (flyweight != null) {
                    throw new IllegalStateException("a flyweight's wrapper must return the same object each time");
                }
                flyweight = wrapped;
                scope.flyweights().put(wrapped, this);
            }
            buffer = from;
            offset = at;
            length = bytes;
            return wrapped;
        }

        @Override
        public int encode(final F value, final MutableDirectBuffer into, final int at) {
            final Bound<?> owner = value == flyweight ? this : scope.flyweights().get(value);
            if (owner == null || owner.buffer == null) {
                throw new IllegalStateException(
                    "a flyweight can be sent on only as it came; make others by write(...), with an encoder");
            }
            into.putBytes(at, owner.buffer, owner.offset, owner.length);
            return owner.length;
        }

        @Override
        public int schemaId() {
            return codec.schemaId();
        }

        @Override
        public int templateId() {
            return codec.templateId();
        }
    }
}
