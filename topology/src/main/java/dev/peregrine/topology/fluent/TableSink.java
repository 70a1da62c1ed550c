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

/**
 * Changes rows of a table.
 *
 * @param cache the cache that holds changed rows, or null.
 */
record TableSink<T>(String table, String cache, Codec<T> codec, Functions.RowWriter<T> writer) implements StageSupplier {
    @Override
    public Stage get() {
        final Codec<T> own = codec.forInstance();
        return new Stage() {
            private TableOutput output;

            @Override
            public void open(final StageContext context) {
                output = TableSink.open(context, table, cache);
            }

            @Override
            public void onEvent(final EventView event, final Emitter out) {
                writer.write(own.decode(event.buffer(), event.offset(), event.length()), output.mutation());
                output.stage();
            }
        };
    }

    static TableOutput open(final StageContext context, final String table, final String cache) {
        final TableOutput output = context.table(table);
        return cache == null ? output : output.writeThrough(cache);
    }
}
