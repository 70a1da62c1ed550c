/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import dev.peregrine.core.error.PeregrineException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

/** Entry point of the command line. Exit codes: 0 done, 1 failed with one line on stderr, 2 wrong usage. */
@Command(
    name = "peregrine",
    mixinStandardHelpOptions = true,
    version = "peregrine 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    header = {
        "Log, pub/sub, topologies, store and cache in one process.",
        ""},
    description = {
        "Events arrive in a memory-mapped log, are analysed by topologies on pinned threads,",
        "and the results can be read a moment later from an off-heap table and cache.",
        ""},
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
        "",
        "Examples:",
        "  peregrine demo                               ten million real ad events, counted exactly",
        "  peregrine demo ads --rate 500k               the same on a fixed schedule: latency at that rate",
        "  peregrine demo ads --data-dir d --json       keep the state; run it again to resume",
        "  peregrine run config/ads.conf                the same job as a daemon, with HTTP and RESP",
        "  peregrine bench log --json                   benchmarks of one part",
        "",
        "Exit codes: 0 done, 1 failed (one line says why), 2 wrong usage, 130 interrupted."},
    subcommands = {DemoCommand.class, RunCommand.class, BenchCommand.class, HelpCommand.class})
public final class Main implements Runnable {
    @Option(names = "--stacktrace", description = "On failure, also print where it happened.",
        scope = CommandLine.ScopeType.INHERIT)
    private boolean stacktrace;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Runs a command line and exits. */
    public static void main(final String[] args) {
        System.exit(execute(args));
    }

    /** Runs a command line; returns its exit code. */
    static int execute(final String... args) {
        final Main main = new Main();
        return new CommandLine(main)
            .setExecutionExceptionHandler((failure, command, result) -> main.report(failure, command))
            .execute(args);
    }

    private int report(final Exception failure, final CommandLine command) {
        if (failure instanceof InterruptedException) {
            command.getErr().println("interrupted");
            return 130;
        }
        final String message = failure instanceof PeregrineException
            ? failure.getMessage() : failure.getClass().getSimpleName() + ": " + failure.getMessage();
        command.getErr().println("peregrine: " + message);
        if (stacktrace) {
            failure.printStackTrace(command.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
