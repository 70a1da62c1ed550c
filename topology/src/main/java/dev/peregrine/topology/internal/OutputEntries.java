/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static dev.peregrine.topology.internal.OutputEntryDescriptor.HEADERS_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.KEY_HASH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.KEY_LENGTH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.LENGTH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.NO_KEY;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.PAYLOAD_LENGTH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.PAYLOAD_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.SCHEMA_ID_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.TEMPLATE_ID_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.TIMESTAMP_OFFSET;

import dev.peregrine.topology.StreamOutput;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/** Gathers records as entries, one behind the other; see {@link OutputEntryDescriptor}. Used by one thread. */
abstract class OutputEntries implements StreamOutput {
    private static final int INITIAL_CAPACITY = 64 << 10;

    private final MutableDirectBuffer entries = new ExpandableDirectByteBuffer(INITIAL_CAPACITY);
    /** End of the last finished entry. */
    private int end;
    /** End of what was written of the open one; 0 if none is open. */
    private int openEnd;

    @Override
    public final int claim(final int lengthBytes) {
        final int payload = end + PAYLOAD_OFFSET;
        entries.checkLimit(payload + lengthBytes); // grows
        entries.putInt(end + PAYLOAD_LENGTH_OFFSET, lengthBytes);
        entries.putInt(end + KEY_LENGTH_OFFSET, NO_KEY);
        entries.putInt(end + HEADERS_OFFSET, 0);
        openEnd = payload + lengthBytes;
        return payload;
    }

    @Override
    public final MutableDirectBuffer buffer() {
        return entries;
    }

    @Override
    public final void key(final DirectBuffer source, final int offset, final int length) {
        checkOpen();
        if (entries.getInt(end + KEY_LENGTH_OFFSET) != NO_KEY || entries.getInt(end + HEADERS_OFFSET) > 0) {
            throw new IllegalStateException("a record has one key, given before its headers");
        }
        entries.putInt(end + KEY_LENGTH_OFFSET, length);
        append(source, offset, length);
    }

    @Override
    public final void header(final byte[] name, final DirectBuffer source, final int offset, final int length) {
        checkOpen();
        entries.putInt(end + HEADERS_OFFSET, entries.getInt(end + HEADERS_OFFSET) + 1);
        entries.putInt(openEnd, name.length);
        entries.putInt(openEnd + Integer.BYTES, length);
        openEnd += 2 * Integer.BYTES;
        entries.putBytes(openEnd, name);
        openEnd += name.length;
        append(source, offset, length);
    }

    private void append(final DirectBuffer source, final int offset, final int length) {
        entries.putBytes(openEnd, source, offset, length);
        openEnd += length;
    }

    private void checkOpen() {
        if (openEnd == 0) {
            throw new IllegalStateException("a record must be claimed first");
        }
    }

    final void finish(final long keyHash, final long timestampNs, final int schemaId, final int templateId) {
        checkOpen();
        entries.putLong(end + KEY_HASH_OFFSET, keyHash);
        entries.putLong(end + TIMESTAMP_OFFSET, timestampNs);
        entries.putInt(end + SCHEMA_ID_OFFSET, schemaId);
        entries.putInt(end + TEMPLATE_ID_OFFSET, templateId);
        final int length = BitUtil.align(openEnd - end, Long.BYTES);
        entries.putInt(end + LENGTH_OFFSET, length);
        end += length;
        openEnd = 0;
        entries.checkLimit(end); // the entry's padding exists
    }

    @Override
    public final void abort() {
        openEnd = 0;
    }

    final MutableDirectBuffer entries() {
        return entries;
    }

    /** End of the finished entries. */
    final int end() {
        return end;
    }

    final void clear() {
        end = 0;
    }

    /** Drops the entries before this place and moves the others to the front. */
    final void dropBefore(final int place) {
        final int rest = end - place;
        if (rest > 0) {
            entries.putBytes(0, entries, place, rest);
        }
        end = rest;
    }
}
