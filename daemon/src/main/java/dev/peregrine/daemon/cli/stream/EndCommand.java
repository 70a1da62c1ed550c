/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import dev.peregrine.daemon.cli.Version;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code peregrine stream end}. */
@Command(name = "end", mixinStandardHelpOptions = true, versionProvider = Version.class,
    descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
    description = "End a stream for good: it can be read and takes no more records.")
final class EndCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "STREAM", description = "Its name.")
    private String name;

    @Mixin
    private DataDirectory data;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        try (OpenStreams open = OpenStreams.existing(data.path())) {
            open.bus().end(name);
        }
        out.println("ended stream " + name);
        return Output.done(out);
    }
}
