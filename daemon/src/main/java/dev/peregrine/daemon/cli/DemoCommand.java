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
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peregrine demo}: the main job on shipped real data. */
@Command(name = "demo", mixinStandardHelpOptions = true,
    description = "Run the main job on shipped real data and show what it counted.",
    footer = {"", "Without --data-dir the demo starts afresh each time, in ./data/demo-NAME."})
final class DemoCommand implements Callable<Integer> {
    private static final long STOP_SECONDS = 10;

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
            .orElseThrow(() -> new ConfigurationException("there is no demo '" + name + "'; try: peregrine demo ads"));
        final DemoOptions options = new DemoOptions(
            dataDirectory == null ? Path.of("data", "demo-" + name) : dataDirectory, dataDirectory != null, events,
            rate == null ? 0 : rate, input, export, threads, !cold);
        final CountDownLatch ended = new CountDownLatch(1);
        final Thread stopper = stopOnSignal(ended);
        final DemoReport report;
        try (ProgressLine progress = new ProgressLine(System.err)) {
            report = demo.run(options, progress);
        } finally {
            ended.countDown();
        }
        removeHook(stopper);
        if (json) {
            out.println(new ObjectMapper().writerWithDefaultPrettyPrinter()
                .writeValueAsString(ReportPrinter.json(report)));
        } else {
            ReportPrinter.print(report, out);
        }
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    /** On Ctrl-C the main thread is interrupted and given time to close the engine. */
    private static Thread stopOnSignal(final CountDownLatch ended) {
        final Thread main = Thread.currentThread();
        final Thread hook = new Thread(() -> {
            if (ended.getCount() > 0) {
                main.interrupt();
                try {
                    if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                        System.err.println("peregrine: the engine did not stop in time; nothing acknowledged is lost");
                    }
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }, "demo-stopper");
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    private static void removeHook(final Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            Thread.currentThread().interrupt(); // the JVM is going down already
        }
    }
}
