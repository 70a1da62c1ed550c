/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of topologies: steps by themselves, and whole jobs beside those of the peers. */
final class TopologyFigures {
    private static final String EXACT = "effectively-once";
    private static final String LOSSY = "at-most-once";
    private static final String OWN = "peregrine";
    private static final String FLINK = "flink";
    private static final String FLINK_ROCKSDB = "flink-rocksdb";
    private static final String JET = "hazelcast-jet";
    private static final String KAFKA = "kafka-streams";
    private static final String STORM = "storm";
    /** Those that take a tenth of what others do get less to do; the engine, which is to be the fastest, gets more. */
    private static final List<String> SLOW = List.of(FLINK_ROCKSDB, KAFKA);
    private static final int MORE = 4;
    private static final int LESS_BY = 3;
    private static final int WINDOWS = 3;

    private final Effort effort;
    private final List<Figure> figures = new ArrayList<>();

    private TopologyFigures(final Effort effort) {
        this.effort = effort;
    }

    static List<Figure> all(final Effort effort) {
        final TopologyFigures topology = new TopologyFigures(effort);
        topology.steps();
        topology.jobs();
        topology.latencies();
        return topology.figures;
    }

    private void steps() {
        figures.addAll(Figure.ofAll("topology.windowed-count", "WindowedCount.count", 1,
            Map.of("keys", "100000"), "hash-map"));
        figures.addAll(Figure.ofAll("topology.ads-count", "AdsCount.count", 1, Map.of(), "hash-map"));
    }

    private void jobs() {
        for (final String parallelism : List.of("1", "2")) {
            for (final String subject : List.of(OWN, FLINK, JET, STORM)) {
                job(subject, parallelism, LOSSY);
            }
        }
        for (final String subject : List.of(OWN, FLINK, FLINK_ROCKSDB, JET, STORM, KAFKA)) {
            job(subject, "2", EXACT);
        }
        job(KAFKA, "2", LOSSY);
    }

    private void job(final String subject, final String parallelism, final String delivery) {
        final int events = subject.equals(OWN) ? effort.events() * MORE
            : SLOW.contains(subject) ? effort.events() / LESS_BY : effort.events();
        add("topology.window-job", "WindowJob.flatOut", subject, Map.of("keys", "100000", "parallelism", parallelism,
            "delivery", delivery, "jobEvents", Integer.toString(events)));
    }

    /**
     * At a rate that even the slowest of them takes easily (it counts 100,000 a second), and at about half of what each
     * of the faster ones counts flat out.
     */
    private void latencies() {
        for (final String subject : List.of(OWN, FLINK, FLINK_ROCKSDB, JET, STORM, KAFKA)) {
            latency(subject, "50000", EXACT);
        }
        for (final Map.Entry<String, String> peer : List.of(
            Map.entry(STORM, "500000"), Map.entry(FLINK, "1000000"), Map.entry(JET, "2000000"))) {
            latency(OWN, peer.getValue(), LOSSY);
            latency(peer.getKey(), peer.getValue(), LOSSY);
        }
    }

    private void latency(final String subject, final String rate, final String delivery) {
        add("topology.window-latency", "WindowJob.atRate", subject, Map.of("keys", "100000", "parallelism", "2",
            "delivery", delivery, "rate", rate, "windows", Integer.toString(WINDOWS + effort.millis() / 500)));
    }

    private void add(final String name, final String benchmark, final String subject, final Map<String, String> params) {
        final Map<String, String> all = new LinkedHashMap<>();
        params.keySet().stream().sorted().forEach(key -> all.put(key, params.get(key)));
        all.put("subject", subject);
        figures.add(new Figure(name, benchmark, all, 1, subject.equals(OWN) ? null : Peers.nameAndVersion(subject)));
    }
}
