/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import dev.peregrine.codec.schema.ValueType.Composite;
import dev.peregrine.codec.schema.ValueType.Member;
import dev.peregrine.codec.schema.ValueType.Scalar;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.agrona.DirectBuffer;
import uk.co.real_logic.sbe.PrimitiveType;

/** Decimals: composites of an integer mantissa and an exponent of one byte, of which the latter is often a constant. */
final class Decimals {
    /** More digits than any mantissa has, which keeps hostile numbers like 1E999999999 from being spelled out. */
    private static final int MAX_DIGITS = 400;

    private final DirectBuffer buffer;

    Decimals(final DirectBuffer buffer) {
        this.buffer = buffer;
    }

    /** Mantissa and exponent, or null if the composite is no decimal. */
    private static Member[] parts(final Composite type) {
        if (type.members().size() != 2) {
            return null;
        }
        final Member mantissa = type.members().get(0);
        final Member exponent = type.members().get(1);
        return "mantissa".equals(mantissa.name()) && "exponent".equals(exponent.name())
            && mantissa.type() instanceof Scalar number && number.constant() == null && number.count() == 1
            && !number.isReal() && number.primitive() != PrimitiveType.CHAR
            && exponent.type() instanceof Scalar power && power.count() == 1 && power.primitive() == PrimitiveType.INT8
            ? new Member[] {mantissa, exponent} : null;
    }

    static boolean isDecimal(final Composite type) {
        return parts(type) != null;
    }

    /** The number as JSON has it; null if it is no decimal, or a part of it is null. */
    String read(final Composite type, final int at) {
        final Member[] parts = parts(type);
        if (parts == null) {
            return null;
        }
        final Scalar mantissa = (Scalar) parts[0].type();
        final Scalar exponent = (Scalar) parts[1].type();
        final long bits = Primitives.get(mantissa.primitive(), mantissa.order(), buffer, at + parts[0].offset());
        final long power = exponent.constant() != null ? exponent.constant().longValue()
            : buffer.getByte(at + parts[1].offset());
        if (mantissa.optional() && Primitives.isNull(mantissa, bits)
            || exponent.constant() == null && exponent.optional() && Primitives.isNull(exponent, power)) {
            return null;
        }
        final BigInteger unscaled = mantissa.primitive() == PrimitiveType.UINT64
            ? new BigInteger(Long.toUnsignedString(bits)) : BigInteger.valueOf(bits);
        return new BigDecimal(unscaled, (int) -power).toString();
    }

    /**
     * Mantissa and exponent of a number; the exponent is the constant one, or that of the number as it is written.
     *
     * @throws RecordException if it has more decimals than the constant exponent, or an exponent out of range.
     */
    static Object[] split(final Composite type, final BigDecimal value, final String path) {
        final Scalar exponent = (Scalar) parts(type)[1].type();
        final long power = exponent.constant() != null ? exponent.constant().longValue() : -(long) value.scale();
        if (power < Byte.MIN_VALUE || power > Byte.MAX_VALUE
            || Math.abs((long) value.scale() + power) > MAX_DIGITS) {
            throw new RecordException(path + ": " + value + " has an exponent that does not fit");
        }
        try {
            final BigInteger mantissa = value.setScale((int) -power, RoundingMode.UNNECESSARY).unscaledValue();
            return new Object[] {mantissa, power};
        } catch (final ArithmeticException e) {
            throw new RecordException(path + ": " + value + " is no multiple of 1E" + power, e);
        }
    }
}
