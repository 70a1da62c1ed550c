/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.TableOutput;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/** Sets a cell of a table for each pair, from their bytes. */
record CellSink(String table, String cache, String lkey, Codec<?> values) implements StageSupplier {
    @Override
    public Stage get() {
        final byte[] cell = lkey.getBytes(StandardCharsets.UTF_8);
        final boolean isNumber = values.equals(Codecs.longs());
        final boolean isText = values.equals(Codecs.text());
        return new Stage() {
            private TableOutput output;

            @Override
            public void open(final StageContext context) {
                output = TableSink.open(context, table, cache);
            }

            @Override
            public void onEvent(final EventView event, final Emitter out) {
                final DirectBuffer buffer = event.buffer();
                final int at = event.offset();
                final int keyLength = PairDescriptor.keyLength(buffer, at, event.length());
                final int keyAt = PairDescriptor.keyOffset(at, event.length(), keyLength);
                output.mutation().begin(buffer, keyAt, keyLength);
                if (isNumber) {
                    output.mutation().putLong(cell, buffer.getLong(at));
                } else if (isText) {
                    output.mutation().putText(cell, buffer, at, keyAt - at);
                } else {
                    output.mutation().putBytes(cell, buffer, at, keyAt - at);
                }
                output.stage();
            }
        };
    }
}
