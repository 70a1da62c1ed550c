/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import dev.peregrine.app.DemoReport;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes a demo's report for people, and as the document for programs. */
final class ReportPrinter {
    private static final int TOP = 10;
    private static final double MICROS = 1e6;

    private ReportPrinter() {
    }

    static Map<String, Object> json(final DemoReport report) {
        final List<Map<String, Object>> ads = report.ads().stream().limit(TOP).map(ReportPrinter::json).toList();
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("events", report.events());
        document.put("eventsPerSecond", report.eventsPerSecond());
        document.put("latencyMicros", json(report.latency()));
        document.put("allocatedBytesPerEvent", report.allocatedBytesPerEvent());
        document.put("gcCount", report.gcCount());
        document.put("resumedFrom", report.resumedFrom());
        document.put("ads", ads);
        document.put("dataDir", report.dataDirectory().toString());
        document.put("clicks", report.clicks());
        document.put("spendMicros", report.spendMicros());
        document.put("seconds", report.seconds());
        document.put("malformed", report.malformed());
        return document;
    }

    private static Map<String, Object> json(final DemoReport.LatencyMicros latency) {
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("p50", latency.p50());
        document.put("p99", latency.p99());
        document.put("p999", latency.p999());
        document.put("max", latency.max());
        return document;
    }

    private static Map<String, Object> json(final DemoReport.Ad ad) {
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("ad", ad.ad());
        document.put("impressions", ad.impressions());
        document.put("clicks", ad.clicks());
        document.put("spendMicros", ad.spendMicros());
        return document;
    }

    static void print(final DemoReport report, final boolean kept, final PrintWriter out) {
        out.println();
        out.println("Top ads, read back from the table");
        out.printf(Locale.ROOT, "  %-12s %14s %10s %8s %14s%n", "ad", "impressions", "clicks", "ctr", "spend");
        report.ads().stream().limit(TOP).forEach(ad -> out.printf(Locale.ROOT, "  %-12s %,14d %,10d %7.3f%% %,14.2f%n",
            ad.ad(), ad.impressions(), ad.clicks(), 100.0 * ad.clicks() / ad.impressions(),
            ad.spendMicros() / MICROS));
        out.println();
        line(out, "events", "%,d, of them %,d published by this run; %,d ads", report.events(),
            report.publishedNow(), report.ads().size());
        line(out, "clicks, spend", "%,d clicks, %,.2f spent", report.clicks(), report.spendMicros() / MICROS);
        line(out, "throughput", "%,.0f events/s over %.2f s", report.eventsPerSecond(), report.seconds());
        latency(out, "event to queryable", report.latency());
        line(out, "heap per event", "%.3f bytes; %d garbage collections", report.allocatedBytesPerEvent(),
            report.gcCount());
        if (report.resumedFrom() > 0) {
            line(out, "resumed from", "row %,d", report.resumedFrom());
        }
        if (report.malformed() > 0) {
            line(out, "malformed", "%,d lines, in stream ads.dead-letter", report.malformed());
        }
        line(out, "data", "%s", report.dataDirectory());
        out.println();
        out.println(kept ? "To go on from here: the same command with more --events"
            : "To keep the state and go on from it: peregrine demo ads --data-dir DIR --events N");
    }

    private static void latency(final PrintWriter out, final String name, final DemoReport.LatencyMicros latency) {
        line(out, name, "p50 %,.0f us, p99 %,.0f us, p99.9 %,.0f us, max %,.0f us", latency.p50(), latency.p99(),
            latency.p999(), latency.max());
    }

    private static void line(final PrintWriter out, final String name, final String format, final Object... values) {
        out.printf(Locale.ROOT, "  %-19s %s%n", name, String.format(Locale.ROOT, format, values));
    }
}
