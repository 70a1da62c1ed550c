/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.topology;

import dev.peregrine.daemon.ConfigFile;
import dev.peregrine.daemon.cli.Version;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code peregrine topology plan}. */
@Command(name = "plan", mixinStandardHelpOptions = true, versionProvider = Version.class,
    descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
    description = {
        "Show how the topologies of a config file would be placed on threads, and why.",
        "",
        "Nothing is started. What earlier runs have measured is read from the data",
        "directory, also while a daemon has it."})
final class PlanCommand implements Runnable {
    @Parameters(paramLabel = "CONFIG", description = "HOCON file with a block 'peregrine'.")
    private Path config;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        final PrintWriter out = spec.commandLine().getOut();
        out.print(ConfigFile.read(config).plan());
        out.flush();
    }
}
