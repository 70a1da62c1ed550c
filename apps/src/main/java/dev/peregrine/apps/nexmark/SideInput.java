/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2LongHashMap;

/**
 * A bounded table in memory: numbers to texts, all in one buffer. Looked up without allocation. Used by one thread.
 */
final class SideInput {
    static final long MISSING = -1;

    private final Long2LongHashMap rows = new Long2LongHashMap(MISSING);
    private final ExpandableArrayBuffer texts = new ExpandableArrayBuffer();
    private int end;

    /** The table of the published benchmark: each of so many numbers from 0 on, as text. */
    static SideInput numbered(final int rows) {
        final SideInput table = new SideInput();
        for (int i = 0; i < rows; i++) {
            table.put(i, Integer.toString(i));
        }
        return table;
    }

    void put(final long key, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        texts.putBytes(end, bytes);
        rows.put(key, (long) end << Integer.SIZE | bytes.length);
        end += bytes.length;
    }

    int size() {
        return rows.size();
    }

    /** The row of a key, or {@link #MISSING}. */
    long find(final long key) {
        return rows.get(key);
    }

    DirectBuffer buffer() {
        return texts;
    }

    static int offset(final long row) {
        return (int) (row >>> Integer.SIZE);
    }

    static int length(final long row) {
        return (int) row;
    }
}
