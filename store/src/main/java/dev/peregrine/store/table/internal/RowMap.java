/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.store.RowView;
import net.openhft.chronicle.hash.ChronicleHashClosedException;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.MapSegmentContext;
import org.agrona.DirectBuffer;

/**
 * The rows of a table in an off-heap Chronicle Map, which is replaced by a larger one when it is full: the user never
 * meets a full map. Reads may come from any thread; changes from one thread at a time.
 */
final class RowMap {
    private static final int GROWTH = 4;
    private static final int AVERAGE_KEY = 32;
    private static final int AVERAGE_ROW = 160;
    private static final double BLOAT = 4.0;
    /** Allocation unit of the map's entries. */
    private static final int CHUNK = 32;
    private static final int CHUNKS_PER_ENTRY = 8;
    /**
     * Least length of a segment: a row may be 1 MiB long and must lie in one piece, so that Chronicle's own small segments
     * for small maps would never take it, however much the map grew. Address space only, until it is used.
     */
    private static final int LEAST_SEGMENT_BYTES = 4 << 20;
    private static final int ENTRIES_PER_SEGMENT = 4_000;
    private static final int FEWEST_SEGMENTS = 16;
    private static final int MOST_SEGMENTS = 1024;
    /** Keys do not spread evenly: what a segment holds more than its share. */
    private static final double UNEVEN = 1.25;

    private final String name;
    /** A reader keeps the map it has loaded; a replaced map is freed when nobody refers to it any more. */
    private volatile ChronicleMap<MapBytes, MapBytes> map;
    private volatile boolean closed;
    private long entries;
    private final ThreadLocal<MapBytes> readKey = ThreadLocal.withInitial(MapBytes::new);
    private final ThreadLocal<MapBytes> readValue = ThreadLocal.withInitial(MapBytes::new);
    private final MapBytes writeKey = new MapBytes();
    private final MapBytes writeValue = new MapBytes();

    RowMap(final String name, final long entriesHint) {
        this.name = name;
        this.entries = Math.max(1_000, entriesHint);
        this.map = create(entries);
    }

    private ChronicleMap<MapBytes, MapBytes> create(final long forEntries) {
        final int segments = (int) Math.max(FEWEST_SEGMENTS,
            Math.min(MOST_SEGMENTS, Long.highestOneBit(forEntries / ENTRIES_PER_SEGMENT)));
        final long perSegment = (long) ((double) forEntries / segments * UNEVEN) + 64;
        return ChronicleMap.of(MapBytes.class, MapBytes.class)
            .name(name)
            .keyMarshaller(MapBytesMarshaller.INSTANCE)
            .valueMarshaller(MapBytesMarshaller.INSTANCE)
            .averageKeySize(AVERAGE_KEY)
            .averageValueSize(AVERAGE_ROW)
            .entries(forEntries)
            .actualSegments(segments)
            .entriesPerSegment(perSegment)
            .actualChunkSize(CHUNK)
            .actualChunksPerSegmentTier(Math.max(perSegment * CHUNKS_PER_ENTRY, LEAST_SEGMENT_BYTES / CHUNK))
            .maxBloatFactor(BLOAT)
            .putReturnsNull(true)
            .removeReturnsNull(true)
            .skipCloseOnExitHook(true) // or it closes under a topology that is being stopped at the JVM's end
            .create();
    }

    boolean get(final DirectBuffer pkey, final int offset, final int length, final RowView into) {
        try {
            final MapBytes found = map.getUsing(readKey.get().set(pkey, offset, length), readValue.get());
            if (found == null) {
                return false;
            }
            into.copy(found.buffer, 0, found.length);
            return true;
        } catch (final RuntimeException e) {
            throw closedOr(e);
        }
    }

    /** A map that is closed under a reader may also fail it with whatever its half-closed context runs into. */
    private RuntimeException closedOr(final RuntimeException e) {
        return closed || e instanceof ChronicleHashClosedException
            ? new ClosedException("table " + name + " is closed; open it again to use it", e) : e;
    }

    void put(final DirectBuffer pkey, final int offset, final int length, final RowView row) {
        writeKey.set(pkey, offset, length);
        writeValue.set(row.rowBuffer(), 0, row.rowLength());
        while (true) {
            try {
                map.put(writeKey, writeValue);
                return;
            } catch (final IllegalStateException full) {
                if (closed) {
                    throw closedOr(full);
                }
                grow(full);
            }
        }
    }

    private void grow(final RuntimeException full) {
        if (entries > Long.MAX_VALUE / GROWTH / 1024) {
            throw full;
        }
        entries *= GROWTH;
        final ChronicleMap<MapBytes, MapBytes> larger = create(entries);
        map.forEach(larger::put);
        map = larger;
    }

    void remove(final DirectBuffer pkey, final int offset, final int length) {
        map.remove(writeKey.set(pkey, offset, length));
    }

    long size() {
        try {
            return map.longSize();
        } catch (final RuntimeException e) {
            throw closedOr(e);
        }
    }

    /**
     * Visits every row without holding a lock of the map meanwhile, so that the consumer may change rows and wait for
     * others who do: the rows of one segment are copied, then visited.
     */
    void forEachCopied(final RowConsumer consumer) {
        final ChronicleMap<MapBytes, MapBytes> visited = map;
        final SegmentCopy copy = new SegmentCopy();
        for (int segment = 0; segment < segmentsOf(visited); segment++) {
            copy.clear();
            try (MapSegmentContext<MapBytes, MapBytes, ?> context = visited.segmentContext(segment)) {
                context.forEachSegmentEntry(copy::add);
            } catch (final RuntimeException e) {
                throw closedOr(e);
            }
            copy.visit(consumer);
        }
    }

    private int segmentsOf(final ChronicleMap<MapBytes, MapBytes> visited) {
        try {
            return visited.segments();
        } catch (final RuntimeException e) {
            throw closedOr(e);
        }
    }

    /** Visits every row under the map's locks: the consumer must not touch the table. */
    void forEach(final RowConsumer consumer) {
        final RowView view = new RowView();
        try {
            map.forEach((key, value) ->
                consumer.onRow(key.buffer, key.length, view.copy(value.buffer, 0, value.length)));
        } catch (final RuntimeException e) {
            throw closedOr(e);
        }
    }

    /** Takes a row; everything is valid only during the call. */
    @FunctionalInterface
    interface RowConsumer {
        void onRow(DirectBuffer pkey, int length, RowView row);
    }

    void close() {
        closed = true; // before the map is, so that whoever fails because of it sees why
        map.close();
    }
}
