/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.agrona.BitUtil.SIZE_OF_INT;
import static org.agrona.BitUtil.SIZE_OF_LONG;

/**
 * A record that a topology will publish once its epoch is committed, as it stands in memory and in the topology's log.
 *
 * <pre>
 *   0        4          8          16          24        28          32          36          40
 *   +--------+----------+----------+-----------+---------+-----------+-----------+-----------+---------+-----+---------+
 *   | length | payload  | key hash | timestamp | schema  | template  | key       | number of | payload | key | headers |
 *   |        | length   |          | ns        | id      | id        | length    | headers   |         |     |         |
 *   +--------+----------+----------+-----------+---------+-----------+-----------+-----------+---------+-----+---------+
 * </pre>
 *
 * <p>The length is that of the whole entry, a multiple of 8; the key's length is -1 if there is none; each header is its
 * name's length, its value's length, name and value. In the log, entries stand in chunks: the first entry's sequence,
 * the length of stream and publisher name, both names, then at a multiple of 8 the entries.
 */
final class OutputEntryDescriptor {
    static final int LENGTH_OFFSET = 0;
    static final int PAYLOAD_LENGTH_OFFSET = LENGTH_OFFSET + SIZE_OF_INT;
    static final int KEY_HASH_OFFSET = PAYLOAD_LENGTH_OFFSET + SIZE_OF_INT;
    static final int TIMESTAMP_OFFSET = KEY_HASH_OFFSET + SIZE_OF_LONG;
    static final int SCHEMA_ID_OFFSET = TIMESTAMP_OFFSET + SIZE_OF_LONG;
    static final int TEMPLATE_ID_OFFSET = SCHEMA_ID_OFFSET + SIZE_OF_INT;
    static final int KEY_LENGTH_OFFSET = TEMPLATE_ID_OFFSET + SIZE_OF_INT;
    static final int HEADERS_OFFSET = KEY_LENGTH_OFFSET + SIZE_OF_INT;
    static final int PAYLOAD_OFFSET = HEADERS_OFFSET + SIZE_OF_INT;
    static final int NO_KEY = -1;

    static final int CHUNK_SEQUENCE_OFFSET = 0;
    static final int CHUNK_STREAM_LENGTH_OFFSET = CHUNK_SEQUENCE_OFFSET + SIZE_OF_LONG;
    static final int CHUNK_PUBLISHER_LENGTH_OFFSET = CHUNK_STREAM_LENGTH_OFFSET + SIZE_OF_INT;
    static final int CHUNK_NAMES_OFFSET = CHUNK_PUBLISHER_LENGTH_OFFSET + SIZE_OF_INT;

    /** Template id of chunks in a topology's log; schema id 0. */
    static final int TEMPLATE_ID = 1001;

    private OutputEntryDescriptor() {
    }
}
