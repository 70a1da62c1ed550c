/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.topology;

import dev.peregrine.daemon.cli.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code peregrine topology}: looks after topologies. */
@Command(name = "topology", mixinStandardHelpOptions = true, versionProvider = Version.class,
    subcommands = PlanCommand.class,
    synopsisSubcommandLabel = "COMMAND", descriptionHeading = "%n", commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    description = {
        "Look after topologies.",
        ""},
    footer = {
        "",
        "Example:",
        "  peregrine topology plan config/ads.conf     threads, rings and memory, and why"})
public final class TopologyCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
