/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import java.io.Serializable;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Turns values into bytes where events leave a stage, and back where they come into one. {@link Codecs} has the usual
 * ones, and says what each costs.
 *
 * <p>A codec that keeps something (a flyweight, scratch memory) gives each user its own by {@link #forInstance}; what that
 * returns is used by one thread. Equal values should have equal bytes where the codec is one of keys. Two codecs that are
 * equal must understand each other's bytes.
 *
 * @param <T> type of the values.
 */
public interface Codec<T> extends Serializable {
    /**
     * Reads a value. Whether it may be kept after the event has been handled is up to the codec: a flyweight may not.
     */
    T decode(DirectBuffer buffer, int offset, int length);

    /** Writes a value into a buffer that grows; returns how many bytes it took. */
    int encode(T value, MutableDirectBuffer into, int offset);

    /** The codec for one user: this one, unless it keeps something. */
    default Codec<T> forInstance() {
        return this;
    }

    /** SBE schema id that events carry with such a payload; 0 if it is none of SBE's. */
    default int schemaId() {
        return 0;
    }

    /** SBE template id that events carry with such a payload. */
    default int templateId() {
        return 0;
    }
}
