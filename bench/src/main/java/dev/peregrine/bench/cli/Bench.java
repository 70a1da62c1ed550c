/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.core.error.ConfigurationException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peregrine bench}: takes figures and prints them. */
@Command(name = "peregrine bench", mixinStandardHelpOptions = true, sortOptions = false,
    description = {
        "Measure the log, ring, operators, topologies and how they scale, store, cache, the whole pipeline or the",
        "Nexmark queries.",
        "An area takes one to five minutes; with --peers up to fifteen.", ""},
    footer = {"", "Exit codes: 0 every figure was taken, 1 a figure failed (its row says why), 2 wrong usage."})
final class Bench implements Callable<Integer> {
    private static final long STOP_MILLIS = 20;
    private static final String ALL = "all";

    @Parameters(arity = "0..*", paramLabel = "AREA",
        description = "log, ring, operators, topology, scaling, store, cache, pipeline, nexmark (default: all of them).")
    private List<String> areas = List.of(ALL);

    @Option(names = "--peers", description = "Also do the same work on other libraries, in the same run.")
    private boolean peers;

    @Option(names = "--figure", paramLabel = "NAME",
        description = "Take only the figures of this name, e.g. log.sync; may be given several times.")
    private List<String> names = List.of();

    @Option(names = "--param", paramLabel = "NAME=VALUE",
        description = "Take only the figures with this parameter, e.g. bytes=100; may be given several times.")
    private Map<String, String> params = Map.of();

    @Option(names = "--json", description = "Print a JSON array instead of a table.")
    private boolean json;

    @Option(names = "--quick", description = "Everything once and briefly: for a look, not for a comparison.")
    private boolean quick;

    @Option(names = "--seconds", paramLabel = "N",
        description = "Measure each figure for N seconds, in two JVMs (default: 6; of log, operators and scaling less,"
            + " in one JVM).")
    private Integer seconds;

    @Option(names = "--data-dir", paramLabel = "DIR",
        description = "Put the benchmarks' files into a new directory in DIR, which is deleted at the end"
            + " (default: the system's temporary directory).")
    private Path dataDirectory;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopping;
    private final PrintStream progress = System.err;
    private final Effort fixedEffort;

    Bench() {
        this(null);
    }

    /** With an effort that the options do not change. */
    Bench(final Effort effort) {
        fixedEffort = effort;
    }

    @Override
    public Integer call() throws Exception {
        final List<Figure> figures = figures();
        final Path directory = newDirectory();
        final Thread cleaner = new Thread(() -> stop(directory), "bench-cleaner");
        Runtime.getRuntime().addShutdownHook(cleaner);
        final List<BenchRow> rows;
        try {
            rows = run(figures, directory);
        } finally {
            ended.countDown();
            delete(directory);
        }
        Runtime.getRuntime().removeShutdownHook(cleaner);
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(rows));
        } else {
            RowTable.print(rows, out);
        }
        out.flush();
        return rows.stream().anyMatch(row -> row.error() != null) ? CommandLine.ExitCode.SOFTWARE
            : CommandLine.ExitCode.OK;
    }

    private Effort effort(final String area) {
        if (fixedEffort != null) {
            return fixedEffort;
        }
        if (seconds == null) {
            return quick ? Effort.quick() : Effort.normal(area);
        }
        if (quick || seconds < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(),
                quick ? "--quick and --seconds exclude each other" : "--seconds must be at least 1");
        }
        return Effort.seconds(seconds);
    }

    private List<Figure> figures() {
        final List<String> wanted = areas.equals(List.of(ALL)) ? Areas.NAMES : areas;
        final List<Figure> figures = new ArrayList<>();
        for (final String area : wanted) {
            if (!Areas.NAMES.contains(area)) {
                throw new CommandLine.ParameterException(spec.commandLine(),
                    "there is no area '" + area + "'; there are " + String.join(", ", Areas.NAMES));
            }
            Areas.figures(area, effort(area)).stream().filter(this::isWanted).forEach(figures::add);
        }
        if (figures.isEmpty()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "there is no figure"
                + (names.isEmpty() ? "" : " called " + String.join(" or ", names))
                + (params.isEmpty() ? "" : " with " + params) + " in these areas");
        }
        return figures;
    }

    private boolean isWanted(final Figure figure) {
        return (peers || !figure.isPeer()) && (names.isEmpty() || names.contains(figure.name()))
            && figure.shownParams().entrySet().containsAll(params.entrySet());
    }

    private Path newDirectory() {
        System.setProperty("jmh.ignoreLock", "true"); // it would lie outside our directory
        try {
            if (dataDirectory == null) {
                return Files.createTempDirectory("peregrine-bench-");
            }
            return Files.createTempDirectory(Files.createDirectories(dataDirectory), "peregrine-bench-")
                .toAbsolutePath();
        } catch (final IOException e) {
            throw new ConfigurationException("cannot write benchmark files: " + e
                + "; name a directory with --data-dir", e);
        }
    }

    /** On Ctrl-C: nothing stays behind, neither JVMs nor files. */
    private void stop(final Path directory) {
        stopping = true;
        try {
            do { // until no more are started
                ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
            } while (!ended.await(STOP_MILLIS, TimeUnit.MILLISECONDS));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        delete(directory);
    }

    /** Synchronized: on Ctrl-C both the command and the hook delete, and each must find either all or nothing. */
    private static synchronized void delete(final Path directory) {
        BenchDirectory.delete(directory);
        BenchDirectory.delete(BenchDirectory.shared(directory));
    }

    private List<BenchRow> run(final List<Figure> figures, final Path directory) {
        final List<BenchRow> rows = new ArrayList<>();
        for (final Figure figure : figures) {
            if (stopping) {
                break;
            }
            progress.printf(Locale.ROOT, "[%d/%d] %s %s %s ... ", rows.size() + 1, figures.size(), figure.name(),
                figure.peer() == null ? "peregrine" : figure.peer(), RowTable.text(figure.shownParams()));
            progress.flush();
            final BenchRow row = new FigureRunner(effort(figure.area()), directory).run(figure);
            progress.println(row.error() == null ? RowTable.score(row) : "failed: " + row.error());
            rows.add(row);
        }
        return rows;
    }
}
