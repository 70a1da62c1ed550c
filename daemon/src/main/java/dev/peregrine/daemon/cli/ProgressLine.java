/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import dev.peregrine.app.DemoListener;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Shows how a demo goes on: one line rewritten in place on a terminal, a plain line every two seconds elsewhere. The
 * launcher says whether stderr is a terminal and how wide; Java itself looks at stdin and stdout only.
 */
final class ProgressLine implements DemoListener, AutoCloseable {
    private static final String COLUMNS = "peregrine.terminal.columns";
    private static final int BAR = 24;
    private static final long PLAIN_EVERY_NS = 2_000_000_000L;

    private final PrintWriter err;
    private final int columns;
    private long lastPlainNs;
    private long lastPlainEvents = -1;
    private boolean open;

    ProgressLine(final PrintWriter err) {
        this(err, Integer.getInteger(COLUMNS, 0));
    }

    /** Columns are those of the terminal, or 0 if there is none. */
    ProgressLine(final PrintWriter err, final int columns) {
        this.err = err;
        this.columns = columns;
        this.lastPlainNs = System.nanoTime();
    }

    @Override
    public void message(final String line) {
        close();
        err.println(line);
        err.flush();
    }

    @Override
    public void progress(final Progress now) {
        if (columns > 0) {
            err.print("\r" + fitted(now) + "\u001b[K");
            err.flush();
            open = true;
        } else if (System.nanoTime() - lastPlainNs >= PLAIN_EVERY_NS || now.events() >= now.target()) {
            err.println(percent(now) + "  " + figures(now, plainRate(now)));
            err.flush();
        }
    }

    /** Rate since the last plain line: what lies between two of them is not shown. */
    private double plainRate(final Progress now) {
        final long ns = System.nanoTime();
        final double rate = lastPlainEvents < 0
            ? now.eventsPerSecond() : (now.events() - lastPlainEvents) * 1e9 / Math.max(1, ns - lastPlainNs);
        lastPlainNs = ns;
        lastPlainEvents = now.events();
        return rate;
    }

    /** The longest form that does not wrap. */
    private String fitted(final Progress now) {
        final String line = percent(now) + "  " + figures(now, now.eventsPerSecond());
        final String withBar = bar(now) + " " + line;
        if (withBar.length() < columns) {
            return withBar;
        }
        return line.substring(0, Math.min(line.length(), columns - 1));
    }

    private static double done(final Progress now) {
        return now.target() == 0 ? 1 : Math.min(1, now.events() / (double) now.target());
    }

    private static String percent(final Progress now) {
        return String.format(Locale.ROOT, "%3.0f%%", Math.floor(done(now) * 100));
    }

    private static String figures(final Progress now, final double eventsPerSecond) {
        return String.format(Locale.ROOT, "%,d events  %,.0f/s  lag %,d events  event to queryable %s",
            now.events(), eventsPerSecond, now.lag(), now.p99Micros() == 0 ? "-" : String.format(Locale.ROOT,
                "p50 %,.0f us p99 %,.0f us", now.p50Micros(), now.p99Micros()));
    }

    private static String bar(final Progress now) {
        final int full = (int) (done(now) * BAR);
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
    }

    /** Ends a line that was being rewritten. */
    @Override
    public void close() {
        if (open) {
            err.println();
            err.flush();
            open = false;
        }
    }
}
