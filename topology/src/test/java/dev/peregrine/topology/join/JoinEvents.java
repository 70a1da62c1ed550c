/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.topology.EventView;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.TestEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What goes into joins in tests, and what comes out: left events have template 1, right ones 2. */
final class JoinEvents {
    static final int LEFT = 1;
    static final int RIGHT = 2;
    /** Stands for the missing one of a pair. */
    static final long NONE = -1;
    static final KeySelector KEY = (event, key) -> key.set(event.buffer(), event.offset(), Long.BYTES);
    static final JoinSides SIDES = JoinSides.where(event -> event.templateId() == LEFT, KEY, KEY);

    private static final int ID = Long.BYTES;
    private static final int LENGTH = 2 * Long.BYTES;

    private JoinEvents() {
    }

    /** An event; the id names it, and how much more of payload there is. */
    record Event(boolean left, long timeNs, long key, long id) {
        TestEvent encode() {
            return new TestEvent(ByteBuffer.allocate(LENGTH + (int) (id % 20)).order(ByteOrder.nativeOrder())
                .putLong(key).putLong(id).array(), key * 31, timeNs, left ? LEFT : RIGHT);
        }
    }

    /** What came of a pair. */
    record Joined(long left, long right, long timestampNs) {
    }

    private static long check(final EventView event, final int template) {
        if (event == null) {
            return NONE;
        }
        final long id = event.buffer().getLong(event.offset() + ID);
        assertThat(event.templateId()).isEqualTo(template);
        assertThat(event.schemaId()).isEqualTo(7);
        assertThat(event.length()).isEqualTo(LENGTH + (int) (id % 20));
        assertThat(event.keyHash()).isEqualTo(event.buffer().getLong(event.offset()) * 31);
        return id;
    }

    /** Emits the ids of a pair. */
    static JoinFunction ids() {
        return (left, right, timestampNs, out) -> {
            final int at = out.claim(2 * Long.BYTES);
            out.buffer().putLong(at, check(left, LEFT));
            out.buffer().putLong(at + Long.BYTES, check(right, RIGHT));
            out.commit((left == null ? right : left).keyHash(), timestampNs, 0, 0);
        };
    }

    static List<Joined> decode(final List<TestEvent> events) {
        final List<Joined> joined = new ArrayList<>();
        for (final TestEvent event : events) {
            joined.add(new Joined(event.buffer().getLong(event.offset()),
                event.buffer().getLong(event.offset() + Long.BYTES), event.timestampNs()));
        }
        return joined;
    }
}
