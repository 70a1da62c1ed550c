/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.ValueType.Scalar;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import uk.co.real_logic.sbe.PrimitiveType;

/** Primitive values in records. A uint64 is the long with the same bits; a real number is the bits of its own width. */
final class Primitives {
    private static final long UNSIGNED_BYTE = 0xFFL;
    private static final long UNSIGNED_SHORT = 0xFFFFL;
    private static final long UNSIGNED_INT = 0xFFFF_FFFFL;

    private Primitives() {
    }

    static long get(final PrimitiveType type, final ByteOrder order, final DirectBuffer buffer, final int at) {
        return switch (type) {
            case INT8 -> buffer.getByte(at);
            case CHAR, UINT8 -> buffer.getByte(at) & UNSIGNED_BYTE;
            case INT16 -> buffer.getShort(at, order);
            case UINT16 -> buffer.getShort(at, order) & UNSIGNED_SHORT;
            case INT32, FLOAT -> buffer.getInt(at, order);
            case UINT32 -> buffer.getInt(at, order) & UNSIGNED_INT;
            case INT64, UINT64, DOUBLE -> buffer.getLong(at, order);
        };
    }

    static void put(
        final PrimitiveType type, final ByteOrder order, final MutableDirectBuffer buffer, final int at,
        final long value) {
        switch (type.size()) {
            case Byte.BYTES -> buffer.putByte(at, (byte) value);
            case Short.BYTES -> buffer.putShort(at, (short) value, order);
            case Integer.BYTES -> buffer.putInt(at, (int) value, order);
            default -> buffer.putLong(at, value, order);
        }
    }

    /** What an absent value is written as. */
    static long nullBits(final Scalar type) {
        return switch (type.primitive()) {
            case FLOAT -> Float.floatToIntBits((float) type.nullValue().doubleValue());
            case DOUBLE -> Double.doubleToLongBits(type.nullValue().doubleValue());
            case CHAR, UINT8 -> type.nullValue().longValue() & UNSIGNED_BYTE;
            default -> type.nullValue().longValue();
        };
    }

    /** Any NaN is the null NaN. */
    static boolean isNull(final Scalar type, final long bits) {
        return switch (type.primitive()) {
            case FLOAT -> Float.floatToIntBits(Float.intBitsToFloat((int) bits)) == (int) nullBits(type);
            case DOUBLE -> Double.doubleToLongBits(Double.longBitsToDouble(bits)) == nullBits(type);
            default -> bits == nullBits(type);
        };
    }

    /** Greatest value that the type can hold, as a long with the same bits. */
    static long maxBits(final PrimitiveType type) {
        return switch (type) {
            case CHAR, UINT8 -> UNSIGNED_BYTE;
            case UINT16 -> UNSIGNED_SHORT;
            case UINT32 -> UNSIGNED_INT;
            case UINT64 -> -1L;
            default -> -1L >>> Long.SIZE - type.size() * Byte.SIZE + 1;
        };
    }

    /** Null where the name means nothing here: the bytes are then shown as such. */
    static Charset charset(final String name) {
        if (name == null || name.isEmpty()) {
            return null;
        }
        try {
            final Charset charset = Charset.forName(name);
            return charset.canEncode() ? charset : null;
        } catch (final IllegalCharsetNameException | UnsupportedCharsetException e) {
            return null;
        }
    }

    /** Of fixed arrays of characters: Latin-1 instead of ASCII, so that no byte is lost. */
    static Charset characters(final Scalar type) {
        final Charset charset = charset(type.charset());
        return charset == null || charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.ISO_8859_1 : charset;
    }
}
