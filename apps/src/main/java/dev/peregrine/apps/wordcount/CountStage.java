/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.wordcount;

import dev.peregrine.apps.wordcount.codec.MessageHeaderEncoder;
import dev.peregrine.apps.wordcount.codec.WordCountEncoder;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.MutableDirectBuffer;

/** Counts words; hands on, at each epoch's end, the counts that have changed. Keyed by the word. */
final class CountStage implements Stage {
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final WordCountEncoder result = new WordCountEncoder();
    private final KeyedValueState.EntryVisitor emit = this::emit;
    private KeyedValueState counts;
    private Emitter emitter;

    @Override
    public void open(final StageContext context) {
        counts = context.valueState("counts", SplitStage.MAX_WORD, Long.BYTES);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final int at = counts.getOrCreate(event.buffer(), event.offset(), event.length());
        final MutableDirectBuffer buffer = counts.buffer();
        buffer.putLong(at, buffer.getLong(at) + 1);
    }

    @Override
    public void onEpoch(final long epoch, final Emitter out) {
        emitter = out;
        counts.forEachChanged(emit);
    }

    private void emit(final MutableDirectBuffer buffer, final int keyAt, final int keyLength, final int value) {
        final int at = emitter.claim(MessageHeaderEncoder.ENCODED_LENGTH + WordCountEncoder.BLOCK_LENGTH
            + WordCountEncoder.wordHeaderLength() + keyLength);
        result.wrapAndApplyHeader(emitter.buffer(), at, header)
            .count(buffer.getLong(value))
            .putWord(buffer, keyAt, keyLength);
        emitter.commit(KeyHash.of(buffer, keyAt, keyLength), 0, WordCountEncoder.SCHEMA_ID,
            WordCountEncoder.TEMPLATE_ID);
    }
}
