/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.store.Cache;
import dev.peregrine.store.EpochTableWriter;
import dev.peregrine.store.RowMutation;
import dev.peregrine.topology.TableOutput;
import java.util.function.Function;

/** A table as one instance writes it: a thin face of the store's epoch writer. Used by the instance's thread. */
final class EpochTableOutput implements TableOutput {
    private final EpochTableWriter writer;
    private final Function<String, Cache> caches;

    EpochTableOutput(final EpochTableWriter writer, final Function<String, Cache> caches) {
        this.writer = writer;
        this.caches = caches;
    }

    @Override
    public RowMutation mutation() {
        return writer.mutation();
    }

    @Override
    public void stage() {
        writer.stage();
    }

    @Override
    public TableOutput writeThrough(final String cacheName) {
        final Cache cache = caches.apply(cacheName);
        writer.listener((pkey, offset, length, row) -> {
            if (row == null) {
                cache.remove(pkey, offset, length);
            } else {
                cache.put(pkey, offset, length, row.rowBuffer(), 0, row.rowLength(), Cache.NO_TTL);
            }
        });
        return this;
    }

    EpochTableWriter writer() {
        return writer;
    }
}
