/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.log;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How far a copy has come: one line rewritten in place on a terminal, whose width the launcher tells, a plain line
 * every two seconds elsewhere. Used by one thread.
 */
final class CopyProgress {
    private static final String COLUMNS = "peregrine.terminal.columns";
    private static final long TERMINAL_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long PLAIN_EVERY_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int BAR = 24;

    private final PrintWriter err;
    private final int columns = Integer.getInteger(COLUMNS, 0);
    private final long expectedBytes;
    private final long startNs = System.nanoTime();
    private long shownNs = startNs;
    private long bytes;
    private boolean open;

    /** Expected bytes are an estimate: what the files take. */
    CopyProgress(final PrintWriter err, final long expectedBytes) {
        this.err = err;
        this.expectedBytes = Math.max(1, expectedBytes);
    }

    void add(final long copied) {
        bytes += copied;
        final long now = System.nanoTime();
        if (now - shownNs >= (columns > 0 ? TERMINAL_EVERY_NS : PLAIN_EVERY_NS)) {
            shownNs = now;
            show();
        }
    }

    private void show() {
        final double done = Math.min(1, bytes / (double) expectedBytes);
        final String figures = String.format(Locale.ROOT, "%3.0f%%  %,d bytes  %,.0f MB/s", Math.floor(done * 100),
            bytes, bytes / 1e6 / seconds());
        if (columns == 0) {
            err.println(figures);
        } else {
            final int full = (int) (done * BAR);
            final String line = "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + figures;
            err.print("\r" + line.substring(0, Math.min(line.length(), columns - 1)) + "\u001b[K");
            open = true;
        }
        err.flush();
    }

    private double seconds() {
        return Math.max(1e-9, (System.nanoTime() - startNs) / 1e9);
    }

    /** Takes the line that was being rewritten away. */
    void clear() {
        if (open) {
            err.print("\r\u001b[K");
            err.flush();
            open = false;
        }
    }

    String totals() {
        return String.format(Locale.ROOT, "%,d bytes in %.1f s", bytes, seconds());
    }
}
