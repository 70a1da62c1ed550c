/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;

/** Moves {@link MapBytes} in and out of Chronicle Map, eight bytes at a time. Stateless. */
public final class MapBytesMarshaller
    implements SizedReader<MapBytes>, SizedWriter<MapBytes>, ReadResolvable<MapBytesMarshaller> {
    /** The one instance. */
    public static final MapBytesMarshaller INSTANCE = new MapBytesMarshaller();

    private MapBytesMarshaller() {
    }

    @Override
    public long size(final MapBytes toWrite) {
        return toWrite.length;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void write(final Bytes out, final long size, final MapBytes toWrite) {
        int i = 0;
        for (; i <= size - Long.BYTES; i += Long.BYTES) {
            out.writeLong(toWrite.buffer.getLong(i));
        }
        for (; i < size; i++) {
            out.writeByte(toWrite.buffer.getByte(i));
        }
    }

    @Override
    @SuppressWarnings("rawtypes")
    public MapBytes read(final Bytes in, final long size, final MapBytes using) {
        final MapBytes into = using == null ? new MapBytes() : using;
        into.buffer.checkLimit((int) size);
        int i = 0;
        for (; i <= size - Long.BYTES; i += Long.BYTES) {
            into.buffer.putLong(i, in.readLong());
        }
        for (; i < size; i++) {
            into.buffer.putByte(i, in.readByte());
        }
        into.length = (int) size;
        return into;
    }

    @Override
    public void readMarshallable(final WireIn wire) {
        // no fields
    }

    @Override
    public void writeMarshallable(final WireOut wire) {
        // no fields
    }

    @Override
    public MapBytesMarshaller readResolve() {
        return INSTANCE;
    }
}
