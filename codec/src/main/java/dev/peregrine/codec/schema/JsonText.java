/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.codec.schema;

import java.util.HexFormat;

/** Appends to JSON text; the commas come by themselves. */
final class JsonText {
    private static final int FIRST_PRINTABLE = 0x20;

    private final StringBuilder out = new StringBuilder();
    private boolean comma;

    void open(final char bracket) {
        separate();
        out.append(bracket);
        comma = false;
    }

    void close(final char bracket) {
        out.append(bracket);
        comma = true;
    }

    void name(final String name) {
        separate();
        quote(name);
        out.append(':');
        comma = false;
    }

    /** A number, {@code null}, {@code true} or {@code false}. */
    void bare(final String value) {
        separate();
        out.append(value);
        comma = true;
    }

    void number(final long value) {
        separate();
        out.append(value);
        comma = true;
    }

    void text(final String value) {
        separate();
        quote(value);
        comma = true;
    }

    void hex(final byte[] value) {
        text(HexFormat.of().formatHex(value));
    }

    private void separate() {
        if (comma) {
            out.append(',');
        }
    }

    private void quote(final String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            final char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < FIRST_PRINTABLE || Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                        out.append("\\u").append(HexFormat.of().toHexDigits(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
