/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.apps.ads.codec.AdEventEncoder;
import dev.peregrine.apps.ads.codec.Audience;
import dev.peregrine.apps.ads.codec.MessageHeaderEncoder;
import dev.peregrine.apps.ads.codec.Policy;
import dev.peregrine.eventbus.KeyHash;
import java.util.List;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Rows encoded once as SBE messages, one behind the other off-heap, to be replayed over and over. Row n of a replay is
 * row n modulo the count, its event time moved on by the data's span for each round. Immutable.
 */
final class EncodedRows {
    /** Length of one message with its header. */
    static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + AdEventEncoder.BLOCK_LENGTH;
    /** Where in a message the event time stands. */
    static final int EVENT_TIME_OFFSET =
        MessageHeaderEncoder.ENCODED_LENGTH + AdEventEncoder.eventTimeNsEncodingOffset();
    private static final int STRIDE = BitUtil.align(LENGTH, Long.BYTES);

    private final UnsafeBuffer buffer;
    private final long[] keyHashes;
    private final long spanNs;

    EncodedRows(final List<AdRow> rows) {
        buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(
            Math.multiplyExact(rows.size(), STRIDE), BitUtil.CACHE_LINE_LENGTH));
        keyHashes = new long[rows.size()];
        spanNs = rows.get(rows.size() - 1).eventTimeNs() - rows.get(0).eventTimeNs();
        final MessageHeaderEncoder header = new MessageHeaderEncoder();
        final AdEventEncoder encoder = new AdEventEncoder();
        for (int i = 0; i < keyHashes.length; i++) {
            final AdRow row = rows.get(i);
            encoder.wrapAndApplyHeader(buffer, i * STRIDE, header)
                .eventTimeNs(row.eventTimeNs())
                .itemId(row.itemId())
                .audience(row.women() ? Audience.WOMEN : Audience.MEN)
                .policy(row.randomPolicy() ? Policy.RANDOM : Policy.BTS)
                .adPosition((short) row.position())
                .click((short) (row.click() ? 1 : 0))
                .propensity(row.propensity())
                .userFeature0(row.features()[0]).userFeature1(row.features()[1])
                .userFeature2(row.features()[2]).userFeature3(row.features()[3]);
            keyHashes[i] = KeyHash.of(AdKey.of(row.itemId(), row.women()));
        }
    }

    int count() {
        return keyHashes.length;
    }

    long spanNs() {
        return spanNs;
    }

    long keyHash(final int row) {
        return keyHashes[row];
    }

    /** Copies a row's message, with its event time moved on. */
    void copyTo(final int row, final long shiftNs, final MutableDirectBuffer target, final int offset) {
        final int at = row * STRIDE;
        target.putBytes(offset, buffer, at, LENGTH);
        target.putLong(offset + EVENT_TIME_OFFSET, buffer.getLong(at + EVENT_TIME_OFFSET) + shiftNs);
    }
}
