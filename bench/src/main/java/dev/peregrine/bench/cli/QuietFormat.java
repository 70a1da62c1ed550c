/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/**
 * Keeps what JMH and its forks print, to be looked through if the run fails; prints nothing. Several
 * threads write.
 */
final class QuietFormat implements OutputFormat {
    private static final Pattern CAUSE = Pattern.compile("\\b\\w*(Exception|Error)\\b|\\bSIG[A-Z]+\\b");
    private static final int LONGEST = 400;

    private final StringBuilder text = new StringBuilder();

    /** The first line that names an exception or an error, or else the last line, or null if nothing was printed. */
    synchronized String reason() {
        final List<String> lines = text.toString().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        final String reason = lines.stream().filter(QuietFormat::isCause).findFirst()
            .orElse(lines.isEmpty() ? null : lines.get(lines.size() - 1));
        return reason == null || reason.length() <= LONGEST ? reason : reason.substring(0, LONGEST) + "...";
    }

    private static boolean isCause(final String line) {
        return !line.startsWith("at ") && !line.startsWith("Forking using command") && CAUSE.matcher(line).find();
    }

    @Override
    public synchronized void print(final String s) {
        text.append(s);
    }

    @Override
    public synchronized void println(final String s) {
        text.append(s).append('\n');
    }

    @Override
    public void verbosePrintln(final String s) {
        println(s);
    }

    @Override
    public synchronized void write(final int b) {
        text.append((char) b);
    }

    @Override
    public synchronized void write(final byte[] b) throws IOException {
        text.append(new String(b, StandardCharsets.UTF_8));
    }

    @Override
    public void flush() {
        // nothing is held back
    }

    @Override
    public void close() {
        // nothing to close
    }

    @Override
    public void iteration(final BenchmarkParams benchmark, final IterationParams params, final int iteration) {
        // quiet
    }

    @Override
    public void iterationResult(
        final BenchmarkParams benchmark, final IterationParams params, final int iteration,
        final IterationResult data) {
        // quiet
    }

    @Override
    public void startBenchmark(final BenchmarkParams benchmark) {
        // quiet
    }

    @Override
    public void endBenchmark(final BenchmarkResult result) {
        // quiet
    }

    @Override
    public void startRun() {
        // quiet
    }

    @Override
    public void endRun(final Collection<RunResult> result) {
        // quiet
    }
}
