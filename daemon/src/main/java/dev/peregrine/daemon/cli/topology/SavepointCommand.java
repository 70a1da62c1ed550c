/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.topology;

import dev.peregrine.daemon.cli.Version;
import dev.peregrine.daemon.control.ControlCommand;
import dev.peregrine.daemon.control.ControlRequest;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peregrine topology savepoint}: takes, lists and deletes savepoints. */
@Command(name = "savepoint", mixinStandardHelpOptions = true, versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND", descriptionHeading = "%n", commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    description = "Take, list and delete savepoints; 'topology submit --from' starts from one.")
final class SavepointCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(out());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    @Command(name = "take", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Copy a topology's committed state while it runs.")
    int take(
        @Parameters(index = "0", paramLabel = "TOPOLOGY", description = "Of which topology.") final String topology,
        @Parameters(index = "1", paramLabel = "SAVEPOINT", description = "The new name.") final String savepoint,
        @Mixin final RunningDaemon daemon) {
        return daemon.ask(out(), ControlRequest.of(ControlCommand.SAVEPOINT, topology).withSavepoint(savepoint));
    }

    @Command(name = "list", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "List the savepoints.")
    int list(
        @Option(names = "--json", description = "One line of JSON for each.") final boolean json,
        @Mixin final RunningDaemon daemon) {
        final ControlRequest request = ControlRequest.of(ControlCommand.SAVEPOINTS, null);
        return json ? daemon.askForJson(out(), request) : daemon.ask(out(), request);
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Delete a savepoint.")
    int delete(
        @Parameters(paramLabel = "SAVEPOINT", description = "Its name.") final String savepoint,
        @Mixin final RunningDaemon daemon) {
        return daemon.ask(out(), ControlRequest.of(ControlCommand.DELETE_SAVEPOINT, null).withSavepoint(savepoint));
    }
}
