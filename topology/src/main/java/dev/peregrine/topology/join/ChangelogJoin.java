/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeyView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.state.KeyedBytesState;
import dev.peregrine.topology.state.KeyedState;
import dev.peregrine.topology.state.StateTtl;
import java.io.Serializable;

/**
 * Joins a stream, the left side, with a table that comes as a stream of its changes, the right side: the latest event of
 * each key is kept, and each left event is joined with the one that its key has when it comes. Order is that of coming,
 * not of event time. With {@link JoinType#LEFT} a left event whose key has none is joined with null, else it is dropped.
 * The time of a result is that of the left event.
 *
 * <p>The inputs must be grouped by key, by the same key or one of which it is part. Keys stay until they are deleted.
 */
public final class ChangelogJoin implements Stage {
    private final Settings settings;
    private final JoinFunction function;
    private final KeyView key = new KeyView();
    private final JoinRow row = new JoinRow();
    private StageContext context;
    private KeyedBytesState rows;

    private ChangelogJoin(final Settings settings, final JoinFunction function) {
        this.settings = settings;
        this.function = function;
    }

    /** What a join is made from; each change gives another one. */
    public record Settings(JoinSides sides, EventPredicate deletes, JoinType type) implements Serializable {
        /** Checks the type. */
        public Settings {
            TableJoin.requireStreamSide(type);
        }

        /** What becomes of left events without a row; they are dropped if nothing is said. */
        public Settings type(final JoinType value) {
            return new Settings(sides, deletes, value);
        }

        /** Which right events delete their key; those without payload if nothing is said. */
        public Settings deletedBy(final EventPredicate value) {
            return new Settings(sides, value, type);
        }

        /** The stage that joins. */
        public StageSupplier with(final JoinFunction function) {
            final Settings settings = this;
            return () -> new ChangelogJoin(settings, function);
        }
    }

    /** Joins the left side with the latest of the right one. */
    public static Settings of(final JoinSides sides) {
        return new Settings(sides, event -> event.length() == 0, JoinType.INNER);
    }

    @Override
    public void open(final StageContext opened) {
        context = opened;
        rows = opened.bytesState("rows", StateTtl.NEVER);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        final boolean isLeft = settings.sides().isLeft(event, context);
        settings.sides().select(event, isLeft, key);
        if (!isLeft) {
            change(event);
            return;
        }
        final int length = rows.get(key.buffer(), key.offset(), key.length());
        if (length != KeyedState.MISSING) {
            function.join(event, row.wrap(rows.buffer(), rows.offset(), length, event.keyHash()), event.timestampNs(), out);
        } else if (settings.type().emitsLeft()) {
            function.join(event, null, event.timestampNs(), out);
        }
    }

    private void change(final EventView event) {
        if (settings.deletes().test(event)) {
            rows.remove(key.buffer(), key.offset(), key.length());
        } else {
            final int at =
                rows.claim(key.buffer(), key.offset(), key.length(), JoinRow.lengthOf(event));
            JoinRow.write(rows.buffer(), at, event);
        }
    }
}
