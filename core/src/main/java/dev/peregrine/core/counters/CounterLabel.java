/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.counters;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.status.CountersReader;

/**
 * The label of a counter: its name behind the names of what it belongs to, with tabs between, in UTF-8.
 *
 * @param parts from the outermost to the counter's own name.
 */
public record CounterLabel(List<String> parts) {
    private static final char BETWEEN = '\t';

    /** Copies the list. */
    public CounterLabel {
        parts = List.copyOf(parts);
    }

    /** A label of the given parts. */
    public static CounterLabel of(final String... parts) {
        return new CounterLabel(List.of(parts));
    }

    static CounterLabel read(final String text) {
        return new CounterLabel(Arrays.asList(text.split(String.valueOf(BETWEEN), -1)));
    }

    /** A name from the end: 0 is the counter's own; empty where there is none. */
    public String fromEnd(final int index) {
        return index < parts.size() ? parts.get(parts.size() - 1 - index) : "";
    }

    /** The bytes in the file; what is too long loses its beginning, since the name stands at the end. */
    byte[] bytes() {
        final byte[] all = String.join(String.valueOf(BETWEEN), parts.stream()
            .map(part -> part.replace(BETWEEN, ' ')).toList()).getBytes(StandardCharsets.UTF_8);
        return all.length <= CountersReader.MAX_LABEL_LENGTH ? all
            : Arrays.copyOfRange(all, all.length - CountersReader.MAX_LABEL_LENGTH, all.length);
    }
}
