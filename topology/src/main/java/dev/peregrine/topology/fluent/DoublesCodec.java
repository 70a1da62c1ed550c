/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Numbers, one behind the other. */
record DoublesCodec() implements Codec<List<Double>> {
    @Override
    public List<Double> decode(final DirectBuffer buffer, final int offset, final int length) {
        final List<Double> numbers = new ArrayList<>();
        for (int at = 0; at < length; at += Double.BYTES) {
            numbers.add(buffer.getDouble(offset + at));
        }
        return numbers;
    }

    @Override
    public int encode(final List<Double> numbers, final MutableDirectBuffer into, final int offset) {
        for (int i = 0; i < numbers.size(); i++) {
            into.putDouble(offset + i * Double.BYTES, numbers.get(i));
        }
        return numbers.size() * Double.BYTES;
    }
}
