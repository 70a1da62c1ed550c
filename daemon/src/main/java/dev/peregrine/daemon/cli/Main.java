/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.daemon.cli.log.LogCommand;
import dev.peregrine.daemon.cli.stat.StatCommand;
import dev.peregrine.daemon.cli.stat.TopCommand;
import dev.peregrine.daemon.cli.stream.PublishCommand;
import dev.peregrine.daemon.cli.stream.StreamCommand;
import dev.peregrine.daemon.cli.stream.SubscriptionCommand;
import dev.peregrine.daemon.cli.stream.TailCommand;
import dev.peregrine.daemon.cli.topology.TopologyCommand;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry point of the command line. Exit codes: 0 done, 1 failed with one line on stderr, 2 wrong usage. */
@Command(
    name = "peregrine",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    header = {
        "Log, pub/sub, topologies, store and cache in one process.",
        ""},
    descriptionHeading = "%n",
    description = {
        "Events arrive in a memory-mapped log, are analysed by topologies on their own",
        "threads, and the results are read a moment later from an off-heap table and",
        "cache: exact, after a crash too."},
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
        "  peregrine demo                        ten million real ad events, all counted",
        "  peregrine demo ads --data-dir d       keep the state; run it again to resume",
        "  peregrine run config/ads.conf         the same job as a daemon, HTTP and RESP",
        "  peregrine bench log --json            benchmarks of one part",
        "",
        "Exit codes: 0 done, 1 failed (one line says why), 2 wrong usage, 130 and 143",
        "ended by Ctrl-C and SIGTERM (0 from the daemon: that is how it is stopped)."},
    subcommands = {
        DemoCommand.class, RunCommand.class, BenchCommand.class, StreamCommand.class, PublishCommand.class,
        TailCommand.class, SubscriptionCommand.class, TopologyCommand.class, StatCommand.class, TopCommand.class,
        LogCommand.class, HelpCommand.class})
public final class Main implements Runnable {
    /** The user has ended the command; as shells count, 128 and the number of SIGINT. */
    static final int INTERRUPTED = 130;

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
        final Charset charset = Charset.defaultCharset();
        System.exit(execute(
            new PrintWriter(System.out, true, charset), new PrintWriter(System.err, true, charset), args));
    }

    /** Runs a command line; returns its exit code. */
    static int execute(final PrintWriter out, final PrintWriter err, final String... args) {
        final Main main = new Main();
        final CommandLine line = new CommandLine(main).setOut(out).setErr(err)
            .setParameterExceptionHandler((failure, given) -> refuse(failure))
            .setExecutionExceptionHandler((failure, command, result) -> main.report(failure, command.getErr()));
        // picocli lists commands that are classes before those that are methods
        for (final String group : List.of("stream", "topology")) {
            line.getSubcommands().get(group).getHelpSectionMap().put(
                CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
                help -> help.commandList(new TreeMap<>(help.subcommands())));
        }
        try {
            return line.execute(args);
        } catch (final Error e) { // e.g. out of memory, or a jar is missing
            return main.report(e, err);
        }
    }

    private static int refuse(final ParameterException failure) {
        final CommandLine command = failure.getCommandLine();
        final PrintWriter err = command.getErr();
        err.println("peregrine: "
            + failure.getMessage().replaceFirst("^Error: ", "").replace("option option", "option")); // picocli's slips
        UnmatchedArgumentException.printSuggestions(failure, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private int report(final Throwable failure, final PrintWriter err) {
        if (failure instanceof InterruptedException) {
            return INTERRUPTED;
        }
        err.println("peregrine: " + (failure instanceof PeregrineException
            ? failure.getMessage() : "failed unexpectedly: " + failure + "; --stacktrace says where"));
        if (stacktrace) {
            failure.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
