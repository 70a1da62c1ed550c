/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One figure to be taken: a benchmark, the values of its parameters, and how many threads call it.
 *
 * @param name what the figure is called, {@code area.question}.
 * @param benchmark the JMH class and method, as {@code Class.method} behind the area's package.
 * @param params JMH parameters by name.
 * @param threads calling threads.
 * @param peer name and version of what is measured if it is not the engine, else null.
 */
record Figure(String name, String benchmark, Map<String, String> params, int threads, String peer) {
    private static final String PACKAGE = "dev.peregrine.bench.";
    private static final String SUBJECT = "subject";
    /** What the name tells, and how long it is measured. */
    private static final Set<String> HIDDEN = Set.of(SUBJECT, "millis", "jobEvents", "windows", "catchUp", "query");

    /** Regular expression that finds this benchmark and no other. */
    String include() {
        return (PACKAGE + area() + "." + benchmark).replace(".", "\\.") + "$";
    }

    /** Whether something else than the engine or the machine's limit is measured. */
    boolean isPeer() {
        return peer != null && !peer.startsWith(BenchRow.LIMIT);
    }

    String area() {
        return name.substring(0, name.indexOf('.'));
    }

    /** Parameters as they are shown: without the subject, which the peer's name tells, and with the threads. */
    Map<String, String> shownParams() {
        final Map<String, String> shown = new LinkedHashMap<>(params);
        shown.keySet().removeAll(HIDDEN);
        shown.put("threads", Integer.toString(threads));
        return shown;
    }

    /** The same figure taken of the engine and of each peer, by the name that parameter {@code subject} knows. */
    static List<Figure> ofAll(
        final String name, final String benchmark, final int threads, final Map<String, String> params,
        final String... peers) {
        final List<Figure> figures = new ArrayList<>();
        figures.add(new Figure(name, benchmark, with(params, "peregrine"), threads, null));
        for (final String peer : peers) {
            figures.add(new Figure(name, benchmark, with(params, peer), threads, Peers.nameAndVersion(peer)));
        }
        return figures;
    }

    private static Map<String, String> with(final Map<String, String> params, final String subject) {
        final Map<String, String> all = new LinkedHashMap<>();
        params.keySet().stream().sorted().forEach(key -> all.put(key, params.get(key)));
        all.put(SUBJECT, subject);
        return all;
    }
}
