/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.store.RowView;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.TableReader;
import java.io.Serializable;

/**
 * Joins each event with the row of a table that its key names, as the table is when the event comes: the latest committed
 * one, see {@link TableReader}. With {@link JoinType#LEFT} an event whose row is not there is joined with null, else it is
 * dropped. It keeps no state; the inputs may be grouped in any way.
 */
public final class TableJoin implements Stage {
    private final Settings settings;
    private final TableJoinFunction function;
    private final KeyView key = new KeyView();
    private final RowView row = new RowView();
    private TableReader table;

    private TableJoin(final Settings settings, final TableJoinFunction function) {
        this.settings = settings;
        this.function = function;
    }

    /** What a join is made from; each change gives another one. */
    public record Settings(String table, KeySelector selector, JoinType type) implements Serializable {
        /** Checks the type. */
        public Settings {
            requireStreamSide(type);
        }

        /** What becomes of events without a row; they are dropped if nothing is said. */
        public Settings type(final JoinType value) {
            return new Settings(table, selector, value);
        }

        /** The stage that joins. */
        public StageSupplier with(final TableJoinFunction function) {
            final Settings settings = this;
            return () -> new TableJoin(settings, function);
        }
    }

    static void requireStreamSide(final JoinType type) {
        if (type == JoinType.OUTER) {
            throw new ConfigurationException("a join with a table emits nothing for rows alone: take INNER or LEFT");
        }
    }

    /** Joins with a table, which must exist, by its pkey. */
    public static Settings of(final String table, final KeySelector pkey) {
        return new Settings(table, pkey, JoinType.INNER);
    }

    @Override
    public void open(final StageContext context) {
        table = context.tableReader(settings.table());
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        settings.selector().select(event, key);
        if (table.getRow(key.buffer(), key.offset(), key.length(), row)) {
            function.join(event, row, out);
        } else if (settings.type().emitsLeft()) {
            function.join(event, null, out);
        }
    }
}
