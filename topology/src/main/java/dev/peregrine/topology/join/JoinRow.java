/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.join;

import dev.peregrine.topology.EventView;
import dev.peregrine.topology.state.Pane;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * An event as a join keeps it: a flyweight over its bytes. Used by one thread.
 *
 * <pre>
 *  time (i64) | schema id (i32) | template id (i32) | 1 if it has met a partner (i32) | 0 (i32) | payload
 * </pre>
 */
final class JoinRow implements EventView {
    private static final int TIME = 0;
    private static final int SCHEMA = TIME + BitUtil.SIZE_OF_LONG;
    private static final int TEMPLATE = SCHEMA + BitUtil.SIZE_OF_INT;
    private static final int MATCHED = TEMPLATE + BitUtil.SIZE_OF_INT;
    private static final int PAYLOAD = MATCHED + 2 * BitUtil.SIZE_OF_INT;

    private DirectBuffer buffer;
    private int at;
    private int length;
    private long keyHash;

    /** Keeps an event under a key, as the newest of the key's in the pane; returns its entry. */
    static int append(
        final Pane pane, final DirectBuffer key, final int keyOffset, final int keyLength, final EventView event) {
        final int newest = pane.get(key, keyOffset, keyLength);
        final long id = newest == Pane.MISSING ? 0 : pane.idOf(newest) + 1;
        final int entry = pane.append(key, keyOffset, keyLength, id, lengthOf(event));
        write(pane.buffer(), entry, event);
        return entry;
    }

    /** Bytes that keep an event. */
    static int lengthOf(final EventView event) {
        return PAYLOAD + event.length();
    }

    /** Writes an event. */
    static void write(final MutableDirectBuffer into, final int offset, final EventView event) {
        into.putLong(offset + TIME, event.timestampNs());
        into.putInt(offset + SCHEMA, event.schemaId());
        into.putInt(offset + TEMPLATE, event.templateId());
        into.putLong(offset + MATCHED, 0);
        into.putBytes(offset + PAYLOAD, event.buffer(), event.offset(), event.length());
    }

    JoinRow wrap(final Pane pane, final int entry) {
        return wrap(pane.buffer(), entry, pane.valueLength(entry), pane.keyHash(entry));
    }

    JoinRow wrap(final DirectBuffer memory, final int offset, final int lengthBytes, final long hash) {
        buffer = memory;
        at = offset;
        length = lengthBytes;
        keyHash = hash;
        return this;
    }

    static long timeNs(final Pane pane, final int entry) {
        return pane.buffer().getLong(entry + TIME);
    }

    static boolean isMatched(final Pane pane, final int entry) {
        return pane.buffer().getInt(entry + MATCHED) != 0;
    }

    static void match(final Pane pane, final int entry) {
        if (!isMatched(pane, entry)) {
            pane.buffer().putInt(entry + MATCHED, 1);
            pane.changed(entry);
        }
    }

    @Override
    public DirectBuffer buffer() {
        return buffer;
    }

    @Override
    public int offset() {
        return at + PAYLOAD;
    }

    @Override
    public int length() {
        return length - PAYLOAD;
    }

    @Override
    public long keyHash() {
        return keyHash;
    }

    @Override
    public long timestampNs() {
        return buffer.getLong(at + TIME);
    }

    @Override
    public int schemaId() {
        return buffer.getInt(at + SCHEMA);
    }

    @Override
    public int templateId() {
        return buffer.getInt(at + TEMPLATE);
    }
}
