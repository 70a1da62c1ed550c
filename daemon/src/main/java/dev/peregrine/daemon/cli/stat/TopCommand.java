/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stat;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.daemon.cli.Version;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code peregrine top}: what an engine does now, again and again. */
@Command(name = "top", mixinStandardHelpOptions = true, versionProvider = Version.class,
    descriptionHeading = "%n", optionListHeading = "%nOptions:%n",
    description = {
        "Show what an engine's topologies do now, until Ctrl-C.",
        "",
        "Reads the counters file, as 'stat' does."},
    footer = {
        "",
        "busy is the share of the time that the stage itself works, by a sample; waits, that it",
        "waits for room in rings to others; holds up, for which it is the cause that others wait."})
public final class TopCommand implements Callable<Integer> {
    private static final String HOME_AND_CLEAR = "\033[H\033[J";
    private static final String CLEAR_SCREEN = "\033[2J";
    private static final long SHORTEST_MS = 200;

    @Option(names = "--data-dir", required = true, paramLabel = "D", description = "The data directory.")
    private Path directory;

    @Option(names = "--interval", paramLabel = "MS", defaultValue = "1000",
        description = "Milliseconds between two looks, at least 200 (default ${DEFAULT-VALUE}).")
    private long intervalMs;

    @Option(names = "--once", description = "One look at one interval, without control characters.")
    private boolean once;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (intervalMs < SHORTEST_MS) {
            throw new ParameterException(spec.commandLine(), "--interval must be at least " + SHORTEST_MS + ", not "
                + intervalMs);
        }
        final PrintWriter out = spec.commandLine().getOut();
        if (!once) {
            out.print(CLEAR_SCREEN);
        }
        EngineReading before = EngineReading.of(directory);
        do {
            Thread.sleep(intervalMs);
            final EngineReading now = EngineReading.of(directory);
            show(out, StatTable.rates(before, now));
            before = now;
        } while (!once && before.isAlive());
        return CommandLine.ExitCode.OK;
    }

    private void show(final PrintWriter out, final List<String> lines) {
        if (!once) {
            out.print(HOME_AND_CLEAR);
        }
        lines.forEach(out::println);
        out.flush();
        if (out.checkError()) {
            throw new StorageException("the output could not be written to stdout");
        }
    }
}
