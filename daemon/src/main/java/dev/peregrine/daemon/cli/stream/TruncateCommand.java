/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.daemon.cli.Version;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peregrine stream truncate}. */
@Command(name = "truncate", mixinStandardHelpOptions = true, versionProvider = Version.class,
    descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
    description = "Delete the oldest records, whole segments of them, and never the one given or later ones.")
final class TruncateCommand implements Callable<Integer> {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "STREAM", description = "Its name.")
    private String name;

    @Option(names = "--before-offset", required = true, paramLabel = "N",
        description = "Number of the first record that must stay.")
    private long offset;

    @Option(names = "--partition", paramLabel = "P",
        description = "Which partition; may be left out where there is one.")
    private Integer partition;

    @Mixin
    private DataDirectory data;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        try (OpenStreams open = OpenStreams.existing(data.path())) {
            if (partition == null && open.bus().stream(name).partitions() > 1) {
                throw new ConfigurationException("stream " + name + " has " + open.bus().stream(name).partitions()
                    + " partitions, each with numbers of its own: say which with --partition");
            }
            final int of = partition == null ? 0 : partition;
            final long first = open.bus().truncate(name, of, offset);
            final long next = open.bus().stream(name).partition(of).endOffset();
            out.println("partition " + of + " of stream " + name + " begins at record " + first
                + (offset > next ? ", and ends before " + next + ": record " + offset + " is not there yet" : ""));
        }
        return Output.done(out);
    }
}
