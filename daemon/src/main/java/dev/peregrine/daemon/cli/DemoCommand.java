/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.app.Demo;
import dev.peregrine.app.DemoOptions;
import dev.peregrine.app.DemoReport;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.StorageException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code peregrine demo}: the main job on shipped real data. */
@Command(name = "demo", mixinStandardHelpOptions = true, versionProvider = Version.class,
    descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
    description = {
        "Count real ad events, and show how fast and how exactly.",
        "",
        "Publishes the shipped events into the log, counts impressions, clicks and spend",
        "of every ad in a topology, and reads the counts back from the store. The report",
        "goes to stdout, progress to stderr."},
    footer = {
        "",
        "Numbers may be written 10000000, 10M or 500k.",
        "Without --data-dir the demo starts afresh each time; its data then lies in",
        "./data/demo-NAME until the next run, which deletes it first."})
final class DemoCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "NAME", defaultValue = "ads",
        description = "Which demo (default: ${DEFAULT-VALUE}).")
    private String name;

    @Option(names = "--events", paramLabel = "N", defaultValue = "10M", converter = Amount.class,
        description = "Replay the data until N rows have passed in all (default: ${DEFAULT-VALUE}).")
    private long events;

    @Option(names = "--rate", paramLabel = "R", converter = Amount.class,
        description = "Publish R rows per second on a fixed schedule instead of flat out.")
    private Long rate;

    @Option(names = "--input", paramLabel = "DIR", description = "Read data files of the same format from DIR.")
    private Path input;

    @Option(names = "--export", paramLabel = "FILE", description = "Write the counts of every ad to FILE as CSV.")
    private Path export;

    @Option(names = "--data-dir", paramLabel = "D",
        description = "Keep the state in D; a second run resumes where the first ended.")
    private Path dataDirectory;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
        description = "Threads for the topology (default: what the planner chooses).")
    private int threads;

    @Option(names = "--no-warm-up",
        description = "Measure from a cold JVM: do not first replay rows through a scratch engine.")
    private boolean cold;

    @Option(names = "--json", description = "Print the result as one JSON document.")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        final PrintWriter out = spec.commandLine().getOut();
        final Demo demo = ServiceLoader.load(Demo.class).stream().map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals(name)).findFirst()
            .orElseThrow(() -> new ParameterException(
                spec.commandLine(), "there is no demo '" + name + "'; there is: ads"));
        final DemoOptions options = options();
        final Thread main = Thread.currentThread();
        final DemoReport report;
        try (StopSignal signal = StopSignal.install(spec.commandLine().getErr(), main::interrupt, dataDirectory == null
            ? "interrupted; with --data-dir D the demo could be resumed"
            : "interrupted; the same command goes on from here")) {
            try (ProgressLine progress = new ProgressLine(spec.commandLine().getErr())) {
                report = demo.run(options, progress);
            } catch (final InterruptedException | RuntimeException e) {
                if (signal.received()) {
                    return Main.INTERRUPTED; // it shows in many ways that the thread was interrupted
                }
                throw e;
            }
        }
        if (json) {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter()
                .writeValueAsString(ReportPrinter.json(report)));
        } else {
            ReportPrinter.print(report, dataDirectory != null, out);
        }
        out.flush();
        if (out.checkError()) {
            throw new StorageException("the report could not be written to stdout");
        }
        return CommandLine.ExitCode.OK;
    }

    /** What can be found wrong before the run is refused before the run. */
    private DemoOptions options() {
        if (threads < 0) {
            throw new ParameterException(spec.commandLine(), "Invalid value for option '--threads': " + threads
                + " is below zero");
        }
        if (export != null) {
            final Path parent = export.toAbsolutePath().getParent();
            if (Files.isDirectory(export) || !Files.isDirectory(parent)
                || !Files.isWritable(Files.exists(export) ? export : parent)) {
                throw new ConfigurationException("--export " + export + " is no file that can be written");
            }
        }
        return new DemoOptions(
            dataDirectory == null ? Path.of("data", "demo-" + name) : dataDirectory, dataDirectory != null, events,
            rate == null ? 0 : rate, input, export, threads, !cold);
    }
}
