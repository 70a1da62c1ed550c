/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.topology;

import dev.peregrine.daemon.cli.Version;
import dev.peregrine.daemon.control.ControlCommand;
import dev.peregrine.daemon.control.ControlRequest;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peregrine topology}: looks after topologies, most of it by asking the daemon that runs them. */
@Command(name = "topology", mixinStandardHelpOptions = true, versionProvider = Version.class,
    subcommands = {PlanCommand.class, SavepointCommand.class},
    synopsisSubcommandLabel = "COMMAND", descriptionHeading = "%n", commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    description = {
        "Look after topologies.",
        "",
        "All but plan talk to the daemon by a socket in its data directory, which only its owner may use. What they"
            + " change lasts as long as the daemon runs: a restart goes by its config file; state and places are kept."},
    footer = {
        "",
        "Example:",
        "  peregrine topology plan config/ads.conf     threads, rings and memory, and why"})
public final class TopologyCommand implements Runnable {
    private static final String NAME = "Its name.";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(out());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    @Command(name = "list", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "List the topologies, and what stands out: who hangs, who holds up the others.")
    int list(
        @Option(names = "--json", description = "One line of JSON for each.") final boolean json,
        @Mixin final RunningDaemon daemon) {
        return show(json, daemon, ControlRequest.of(ControlCommand.LIST, null));
    }

    @Command(name = "describe", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Show plan, state, latency and figures of a topology, with the stack of a stage that hangs.")
    int describe(
        @Parameters(paramLabel = "NAME", description = NAME) final String name,
        @Option(names = "--json", description = "One line of JSON.") final boolean json,
        @Mixin final RunningDaemon daemon) {
        return show(json, daemon, ControlRequest.of(ControlCommand.DESCRIBE, name));
    }

    private int show(final boolean json, final RunningDaemon daemon, final ControlRequest request) {
        return json ? daemon.askForJson(out(), request) : daemon.ask(out(), request);
    }

    @Command(name = "submit", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = {
            "Start a topology.",
            "Without --class, --jar, --config and --set it is the one of that name in the daemon's config file, e.g. after"
                + " 'kill' or 'drain'."})
    int submit(
        @Parameters(paramLabel = "NAME", description = NAME) final String name,
        @Mixin final SubmittedSettings settings,
        @Option(names = "--from", paramLabel = "SAVEPOINT",
            description = "Start it from a savepoint; its own past is forgotten.") final String savepoint,
        @Option(names = "--dry-run", description = "Only show the plan, and the one that runs.") final boolean dryRun,
        @Mixin final RunningDaemon daemon) {
        return daemon.ask(out(), ControlRequest.of(ControlCommand.SUBMIT, name).withConfig(settings.block(name))
            .withSavepoint(savepoint).withDryRun(dryRun));
    }

    @Command(name = "activate", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Let a topology read its sources again.")
    int activate(
        @Parameters(paramLabel = "NAME", description = NAME) final String name, @Mixin final RunningDaemon daemon) {
        return daemon.ask(out(), ControlRequest.of(ControlCommand.ACTIVATE, name));
    }

    @Command(name = "deactivate", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Stop a topology's sources: what was read is done with, the log keeps what comes.")
    int deactivate(
        @Parameters(paramLabel = "NAME", description = NAME) final String name, @Mixin final RunningDaemon daemon) {
        return daemon.ask(out(), ControlRequest.of(ControlCommand.DEACTIVATE, name));
    }

    @Command(name = "update", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Change numbers of instances; keyed state is spread anew, no event is lost or counted twice.")
    int update(
        @Parameters(index = "0", paramLabel = "NAME", description = NAME) final String name,
        @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMPONENT=N",
            description = "The new number of instances.") final Map<String, Integer> parallelism,
        @Option(names = "--dry-run", description = "Only show the present plan and the new one.") final boolean dryRun,
        @Mixin final RunningDaemon daemon) {
        return daemon.ask(out(), ControlRequest.of(ControlCommand.UPDATE, name).withParallelism(parallelism)
            .withDryRun(dryRun));
    }

    @Command(name = "restart", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Stop a topology at a commit, or take one that failed or was drained, and start it there.")
    int restart(
        @Parameters(paramLabel = "NAME", description = NAME) final String name, @Mixin final RunningDaemon daemon) {
        return daemon.ask(out(), ControlRequest.of(ControlCommand.RESTART, name));
    }

    @Command(name = "drain", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = {
            "Wait until a topology has done with all that is published, and stop it.",
            "If this command is ended before, the topology runs on."})
    int drain(
        @Parameters(paramLabel = "NAME", description = NAME) final String name, @Mixin final RunningDaemon daemon) {
        return daemon.askAndWait(out(), ControlRequest.of(ControlCommand.DRAIN, name));
    }

    @Command(name = "kill", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Stop a topology and forget its state and its places.")
    int kill(
        @Parameters(paramLabel = "NAME", description = NAME) final String name, @Mixin final RunningDaemon daemon) {
        return daemon.ask(out(), ControlRequest.of(ControlCommand.KILL, name));
    }
}
