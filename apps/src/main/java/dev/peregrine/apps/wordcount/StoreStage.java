/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.wordcount;

import dev.peregrine.apps.wordcount.codec.MessageHeaderDecoder;
import dev.peregrine.apps.wordcount.codec.WordCountDecoder;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.TableOutput;
import java.nio.charset.StandardCharsets;

/** Writes counts into a table: the word is the row, the count its cell {@code count}. */
final class StoreStage implements Stage {
    private static final byte[] COUNT = "count".getBytes(StandardCharsets.US_ASCII);

    private final String tableName;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final WordCountDecoder count = new WordCountDecoder();
    private TableOutput table;

    StoreStage(final String tableName) {
        this.tableName = tableName;
    }

    @Override
    public void open(final StageContext context) {
        table = context.table(tableName);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        count.wrapAndApplyHeader(event.buffer(), event.offset(), header);
        final long value = count.count();
        final int length = count.wordLength();
        table.mutation()
            .begin(event.buffer(), count.limit() + WordCountDecoder.wordHeaderLength(), length)
            .putLong(COUNT, value);
        table.stage();
    }
}
