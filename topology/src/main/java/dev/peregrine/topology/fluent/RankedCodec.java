/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.aggregate.TopKDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Results of top-k, as {@link TopKDescriptor} has them; unused ranks are left out. */
record RankedCodec<I>(Codec<I> items, int maxItemLength) implements CodecScope.Scoped<List<Ranked<I>>> {
    @Override
    public Codec<List<Ranked<I>>> bind(final CodecScope scope) {
        return new RankedCodec<>(scope.bind(items), maxItemLength);
    }

    @Override
    public List<Ranked<I>> decode(final DirectBuffer buffer, final int offset, final int length) {
        final int stride = TopKDescriptor.length(maxItemLength);
        final List<Ranked<I>> ranks = new ArrayList<>();
        for (int at = offset; at < offset + length; at += stride) {
            final long count = buffer.getLong(at + TopKDescriptor.COUNT_OFFSET);
            if (count > 0) {
                ranks.add(new Ranked<>(items.decode(buffer, at + TopKDescriptor.ITEM_OFFSET,
                    (int) buffer.getLong(at + TopKDescriptor.ITEM_LENGTH_OFFSET)), count,
                    buffer.getLong(at + TopKDescriptor.ERROR_OFFSET)));
            }
        }
        return ranks;
    }

    @Override
    public int encode(final List<Ranked<I>> ranks, final MutableDirectBuffer into, final int offset) {
        final int stride = TopKDescriptor.length(maxItemLength);
        int at = offset;
        for (final Ranked<I> rank : ranks) {
            into.setMemory(at, stride, (byte) 0);
            final int length = items.encode(rank.item(), into, at + TopKDescriptor.ITEM_OFFSET);
            into.putLong(at + TopKDescriptor.COUNT_OFFSET, rank.count());
            into.putLong(at + TopKDescriptor.ERROR_OFFSET, rank.error());
            into.putLong(at + TopKDescriptor.HASH_OFFSET, KeyHash.of(into, at + TopKDescriptor.ITEM_OFFSET, length));
            into.putLong(at + TopKDescriptor.ITEM_LENGTH_OFFSET, length);
            at += stride;
        }
        return at - offset;
    }
}
