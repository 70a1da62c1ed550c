/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.config;

import com.typesafe.config.ConfigValue;
import dev.peregrine.core.error.ConfigurationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Gathers the keys of a configuration that mean nothing, each with its place and the nearest one that does, or all. */
public final class KnownKeys {
    private final List<String> problems = new ArrayList<>();

    /** Checks every key of one block. */
    public KnownKeys check(final Map<String, ConfigValue> block, final Set<String> known, final String under) {
        block.forEach((key, value) -> check(key, value, known, under));
        return this;
    }

    /** Checks one key. */
    public void check(final String key, final ConfigValue value, final Set<String> known, final String under) {
        if (!known.contains(key)) {
            problems.add(value.origin().description() + ": unknown key '" + key + "' under " + under + hint(key, known));
        }
    }

    /** The end of a message about a name that there is not: the nearest that there is, or all. */
    public static String hint(final String name, final Collection<String> known) {
        final String nearest = known.stream().min(Comparator.comparingInt(k -> distance(k, name))).orElse("");
        // a name of which more than half is different is no slip of the keyboard
        final boolean near = 2 * distance(nearest, name) <= Math.max(nearest.length(), name.length());
        return near ? "; did you mean '" + nearest + "'?" : "; there are: " + new TreeSet<>(known);
    }

    /**
     * Ends the check.
     *
     * @throws ConfigurationException listing what was found, one line each, if anything was.
     */
    public void refuseUnknown() {
        if (!problems.isEmpty()) {
            throw new ConfigurationException(String.join(System.lineSeparator(), problems));
        }
    }

    /** Levenshtein's edit distance. */
    private static int distance(final String a, final String b) {
        int[] previous = new int[b.length() + 1];
        Arrays.setAll(previous, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            final int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                final int substitute = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substitute, 1 + Math.min(row[j - 1], previous[j]));
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
