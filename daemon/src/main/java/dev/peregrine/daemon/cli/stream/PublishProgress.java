/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How far a publish has come: one line rewritten in place on a terminal, whose width the launcher tells, a plain line every
 * two seconds elsewhere.
 */
final class PublishProgress {
    private static final String COLUMNS = "peregrine.terminal.columns";
    private static final long TERMINAL_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long PLAIN_EVERY_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int BAR = 24;

    private final PrintWriter err;
    private final int columns;
    private final long expectedBytes;
    private final long startNs = System.nanoTime();
    private long shownNs = startNs;
    private boolean open;
    private long records;
    private long bytes;

    /** Expected bytes are those of the input, or 0 if nobody knows. */
    PublishProgress(final PrintWriter err, final long expectedBytes) {
        this(err, expectedBytes, Integer.getInteger(COLUMNS, 0));
    }

    PublishProgress(final PrintWriter err, final long expectedBytes, final int columns) {
        this.err = err;
        this.expectedBytes = expectedBytes;
        this.columns = columns;
    }

    long records() {
        return records;
    }

    /** One more record, of so many bytes. */
    void add(final int length) {
        records++;
        bytes += length;
        final long now = System.nanoTime();
        if (now - shownNs >= (columns > 0 ? TERMINAL_EVERY_NS : PLAIN_EVERY_NS)) {
            shownNs = now;
            show(now);
        }
    }

    private void show(final long now) {
        final String figures = String.format(Locale.ROOT, "%,d records  %,.0f/s  %,d bytes", records, rate(now), bytes);
        if (columns == 0) {
            err.println(figures);
        } else {
            final String line = expectedBytes == 0 ? figures : bar() + "  " + figures;
            err.print("\r" + line.substring(0, Math.min(line.length(), columns - 1)) + "\u001b[K");
            open = true;
        }
        err.flush();
    }

    private double rate(final long now) {
        return records / Math.max(1e-9, (now - startNs) / 1e9);
    }

    /** By bytes of payload, which are fewer than those of the input by the ends of lines: an estimate. */
    private String bar() {
        final double done = Math.min(1, (bytes + records) / (double) expectedBytes);
        final int full = (int) (done * BAR);
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]" + String.format(Locale.ROOT, " %3.0f%%", done * 100);
    }

    /** Takes the line that was being rewritten away. */
    void clear() {
        if (open) {
            err.print("\r\u001b[K");
            err.flush();
            open = false;
        }
    }

    /** The totals. */
    void finish(final String stream) {
        clear();
        final long now = System.nanoTime();
        err.printf(Locale.ROOT, "published %d record(s) into %s: %,d bytes in %.1f s, %,.0f/s%n", records, stream,
            bytes, (now - startNs) / 1e9, rate(now));
        err.flush();
    }
}
