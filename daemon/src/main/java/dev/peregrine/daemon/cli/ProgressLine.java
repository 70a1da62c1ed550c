/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import dev.peregrine.app.DemoListener;
import java.io.PrintStream;
import java.util.Locale;

/** Shows how a demo goes on: one line rewritten in place on a terminal, a line every two seconds elsewhere. */
final class ProgressLine implements DemoListener, AutoCloseable {
    private static final int BAR = 24;
    private static final long PLAIN_EVERY_NS = 2_000_000_000L;

    private final PrintStream err;
    private final boolean terminal = System.console() != null && System.getenv("TERM") != null;
    private long lastPlainNs;
    private boolean open;

    ProgressLine(final PrintStream err) {
        this.err = err;
    }

    @Override
    public void message(final String line) {
        endLine();
        err.println(line);
    }

    @Override
    public void progress(final Progress now) {
        final double done = now.target() == 0 ? 1 : Math.min(1, now.events() / (double) now.target());
        final String line = String.format(Locale.ROOT,
            "%s %3.0f%%  %,d events  %,.0f/s  lag %,d  event-to-queryable p50 %,.0f us  p99 %,.0f us",
            bar(done), done * 100, now.events(), now.eventsPerSecond(), now.lag(), now.p50Micros(), now.p99Micros());
        if (terminal) {
            err.print("\r" + line + "\u001b[K");
            err.flush();
            open = true;
        } else if (System.nanoTime() - lastPlainNs >= PLAIN_EVERY_NS || now.events() >= now.target()) {
            lastPlainNs = System.nanoTime();
            err.println(line);
        }
    }

    private static String bar(final double done) {
        final int full = (int) (done * BAR);
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
    }

    private void endLine() {
        if (open) {
            err.println();
            open = false;
        }
    }

    @Override
    public void close() {
        endLine();
    }
}
