/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.wordcount;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Takes lines apart: a word is a run of letters and digits of ASCII, made lower case, and of any bytes of characters
 * beyond it. Words of more than {@link #MAX_WORD} bytes are left out and counted.
 */
final class SplitStage implements Stage {
    static final int MAX_WORD = 128;

    private AtomicCounter tooLong;

    @Override
    public void open(final StageContext context) {
        tooLong = context.counter("too-long");
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final DirectBuffer buffer = event.buffer();
        final int end = event.offset() + event.length();
        int from = event.offset();
        for (int at = event.offset(); at <= end; at++) {
            if (at == end || !isOfWord(buffer.getByte(at))) {
                if (at > from) {
                    emit(buffer, from, at - from, event.timestampNs(), out);
                }
                from = at + 1;
            }
        }
    }

    private static boolean isOfWord(final byte value) {
        return value < 0 || value >= 'a' && value <= 'z' || value >= 'A' && value <= 'Z' || value >= '0' && value <= '9';
    }

    private void emit(
        final DirectBuffer buffer, final int from, final int length, final long timestampNs, final Emitter out) {
        if (length > MAX_WORD) {
            tooLong.incrementOrdered();
            return;
        }
        final int at = out.claim(length);
        final MutableDirectBuffer word = out.buffer();
        for (int i = 0; i < length; i++) {
            final byte value = buffer.getByte(from + i);
            word.putByte(at + i, value >= 'A' && value <= 'Z' ? (byte) (value | 0x20) : value);
        }
        out.commit(KeyHash.of(word, at, length), timestampNs, 0, 0);
    }
}
