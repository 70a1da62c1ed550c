/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import java.math.BigDecimal;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads numbers as people write them: 10000000, 10_000_000, 10M, 500k. */
public final class Amount implements ITypeConverter<Long> {
    @Override
    public Long convert(final String text) {
        String digits = text.trim().toLowerCase(Locale.ROOT).replace("_", "");
        long unit = 1;
        if (digits.endsWith("k")) {
            unit = 1_000;
        } else if (digits.endsWith("m")) {
            unit = 1_000_000;
        } else if (digits.endsWith("g")) {
            unit = 1_000_000_000;
        }
        if (unit > 1) {
            digits = digits.substring(0, digits.length() - 1);
        }
        try {
            final long value = new BigDecimal(digits).multiply(BigDecimal.valueOf(unit)).longValueExact();
            if (value > 0) {
                return value;
            }
        } catch (final NumberFormatException | ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is no whole number; write 10000000, 10M or 500k");
        }
        throw new TypeConversionException("'" + text + "' must be above zero");
    }
}
