/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.ValueType.Scalar;
import java.math.BigDecimal;
import java.math.BigInteger;
import uk.co.real_logic.sbe.PrimitiveType;
import uk.co.real_logic.sbe.PrimitiveValue;

/** Numbers of a JSON parser as the bits of primitive types; what does not fit exactly is refused. */
final class Numbers {
    /** More digits than any integer type has, which keeps hostile numbers like 1E999999999 from being spelled out. */
    private static final int MAX_DIGITS = 400;
    private static final int MAX_SHOWN = 64;

    private Numbers() {
    }

    static BigInteger integer(final Object value, final String path) {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return BigInteger.valueOf(((Number) value).longValue());
        }
        if (value instanceof BigInteger big) {
            return big;
        }
        final BigDecimal decimal = decimal(value, path);
        if (Math.abs((long) decimal.scale()) > MAX_DIGITS) {
            throw new RecordException(path + ": " + value + " does not fit");
        }
        try {
            return decimal.toBigIntegerExact();
        } catch (final ArithmeticException e) {
            throw new RecordException(path + ": " + value + " is no whole number", e);
        }
    }

    static BigDecimal decimal(final Object value, final String path) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof BigInteger big) {
            return new BigDecimal(big);
        }
        if (value instanceof Double || value instanceof Float) {
            final double real = ((Number) value).doubleValue();
            if (Double.isFinite(real)) {
                return new BigDecimal(value.toString()); // as it is written, not as it is in binary
            }
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return BigDecimal.valueOf(((Number) value).longValue());
        }
        throw new RecordException(path + ": " + shown(value) + " is no number");
    }

    /** Bits of an integer in a type, within the type's range and the schema's. */
    static long bits(final Scalar type, final BigInteger value, final String path) {
        final BigInteger least = type.minValue() == null ? least(type.primitive()) : big(type, type.minValue());
        final BigInteger greatest =
            type.maxValue() == null ? greatest(type.primitive()) : big(type, type.maxValue());
        checkRange(type.primitive(), least, value, greatest, path);
        return value.longValue();
    }

    /** Bits of an integer in a type, within the type's range. */
    static long bits(final PrimitiveType type, final BigInteger value, final String path) {
        checkRange(type, least(type), value, greatest(type), path);
        return value.longValue();
    }

    private static void checkRange(
        final PrimitiveType type, final BigInteger least, final BigInteger value, final BigInteger greatest,
        final String path) {
        if (value.compareTo(least) < 0 || value.compareTo(greatest) > 0) {
            throw new RecordException(path + ": " + shown(value) + " is not within " + type.primitiveName() + ", "
                + least + " to " + greatest);
        }
    }

    private static BigInteger least(final PrimitiveType type) {
        return PrimitiveType.isUnsigned(type) || type == PrimitiveType.CHAR
            ? BigInteger.ZERO : BigInteger.valueOf(-1L << type.size() * Byte.SIZE - 1);
    }

    private static BigInteger greatest(final PrimitiveType type) {
        return new BigInteger(Long.toUnsignedString(Primitives.maxBits(type)));
    }

    private static BigInteger big(final Scalar type, final PrimitiveValue value) {
        return type.primitive() == PrimitiveType.UINT64
            ? new BigInteger(Long.toUnsignedString(value.longValue())) : BigInteger.valueOf(value.longValue());
    }

    /** Bits of a real number; it may be rounded, but not to infinity. */
    static long realBits(final Scalar type, final Object value, final String path) {
        final boolean single = type.primitive() == PrimitiveType.FLOAT;
        final double real;
        if (value instanceof String text) {
            real = switch (text) {
                case "NaN" -> Double.NaN;
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw new RecordException(path + ": " + shown(value) + " is no number");
            };
        } else if (value instanceof Number number) {
            real = single && !(value instanceof Double) ? number.floatValue() : number.doubleValue();
            if (Double.isInfinite(single ? (float) real : real) && !isInfinite(number)) {
                throw new RecordException(path + ": " + shown(value) + " does not fit "
                    + type.primitive().primitiveName());
            }
        } else {
            throw new RecordException(path + ": " + shown(value) + " is no number");
        }
        if (type.minValue() != null && real < type.minValue().doubleValue()
            || type.maxValue() != null && real > type.maxValue().doubleValue()) {
            throw new RecordException(path + ": " + shown(value) + " is not within " + type.minValue() + " to "
                + type.maxValue());
        }
        return single ? Float.floatToIntBits((float) real) : Double.doubleToLongBits(real);
    }

    private static boolean isInfinite(final Number number) {
        return (number instanceof Double || number instanceof Float) && Double.isInfinite(number.doubleValue());
    }

    /** A value in a message, not all of it if it is long. */
    static String shown(final Object value) {
        if (value instanceof BigInteger big && big.bitLength() > MAX_DIGITS) {
            return "a number of " + big.bitLength() + " bits";
        }
        if (value instanceof BigDecimal || value instanceof Number || value instanceof Boolean || value == null) {
            return String.valueOf(value);
        }
        if (value instanceof String text) {
            final String start = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
            return "'" + start.replaceAll("[\\p{Cntrl}\u2028\u2029]", "?") + "'";
        }
        return value instanceof java.util.Map ? "an object" : value instanceof java.util.List ? "a list"
            : value.getClass().getSimpleName();
    }
}
