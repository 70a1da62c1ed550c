/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import dev.peregrine.codec.schema.Schema;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.daemon.cli.Version;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.Stream;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.eventbus.StreamConfigFormat;
import dev.peregrine.eventbus.StreamDescription;
import dev.peregrine.eventbus.StreamDescription.Partition;
import dev.peregrine.log.PartitionLog;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code peregrine stream}: creates, lists, describes, alters, truncates, ends and deletes streams. */
@Command(name = "stream", mixinStandardHelpOptions = true, versionProvider = Version.class,
    subcommands = {TruncateCommand.class, EndCommand.class},
    synopsisSubcommandLabel = "COMMAND", descriptionHeading = "%n", commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    description = {
        "Look after the streams of a data directory.",
        "",
        "list and describe work beside a running daemon; for the rest stop it first."})
public final class StreamCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(out());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    @Command(name = "create", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Create a stream, and the data directory if there is none.")
    int create(
        @Parameters(paramLabel = "STREAM", description = "Its name.") final String name,
        @Mixin final StreamSettings settings, @Mixin final DataDirectory data) {
        final StreamConfig config = settings.over(StreamConfig.of(name));
        try (OpenStreams open = OpenStreams.create(data.path())) {
            if (open.bus().streams().stream().anyMatch(stream -> stream.name().equals(name))) {
                throw new ConfigurationException("stream " + name + " exists; 'stream alter' changes it");
            }
            open.bus().provision(config);
        }
        return say("created stream " + name);
    }

    @Command(name = "list", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "List the streams.")
    int list(@Mixin final DataDirectory data) {
        try (OpenStreams open = OpenStreams.reading(data.path())) {
            out().printf(Locale.ROOT, "%-32s %10s %10s %16s%n", "stream", "partitions", "durability", "bytes");
            for (final Stream stream : open.bus().streams()) {
                out().printf(Locale.ROOT, "%-32s %10d %10s %,16d%n", stream.name(), stream.partitions(),
                    StreamConfigFormat.durabilityText(stream.config()), bytes(open.bus().describe(stream.name())));
            }
        }
        return Output.done(out());
    }

    @Command(name = "describe", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Show settings, positions and subscriptions of a stream.")
    int describe(
        @Parameters(paramLabel = "STREAM", description = "Its name.") final String name,
        @Mixin final DataDirectory data) {
        try (OpenStreams open = OpenStreams.reading(data.path())) {
            print(open.bus().describe(name), open.bus().stream(name), open.bus().schema(name).orElse(null));
        }
        return Output.done(out());
    }

    private void print(final StreamDescription description, final Stream stream, final Schema schema) {
        final PrintWriter out = out();
        out.println("stream          " + description.config().name());
        SettingsPage.lines(description.config()).forEach(out::println);
        if (schema != null) {
            out.println("schema id       " + schema.id() + ", version " + schema.version());
            schema.templates().forEach((id, template) -> out.println("template        " + id + " " + template));
        }
        if (stream.isEnded()) {
            out.println("ended           yes");
        }
        out.println("subscriptions   " + String.join(" ", description.subscriptions()));
        out.printf(Locale.ROOT, "%n%9s %14s %14s %18s %18s %16s%n",
            "partition", "first record", "next record", "start position", "end position", "disk bytes");
        int number = 0;
        for (final Partition partition : description.partitions()) {
            final PartitionLog log = stream.partition(number);
            out.printf(Locale.ROOT, "%9d %14d %14d %18d %18d %16d%n", number++, log.startOffset(), log.endOffset(),
                partition.startPosition(), partition.appendedPosition(), partition.diskBytes());
        }
    }

    @Command(name = "alter", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Change a stream's settings; partitions and segments are for good.")
    int alter(
        @Parameters(paramLabel = "STREAM", description = "Its name.") final String name,
        @Mixin final StreamSettings settings, @Mixin final DataDirectory data) {
        final String changes;
        try (OpenStreams open = OpenStreams.existing(data.path())) {
            final EventBus bus = open.bus();
            final StreamConfig before = bus.stream(name).config();
            changes = SettingsPage.changes(before, bus.alter(settings.over(before)).config());
        }
        return say("stream " + name + (changes.isEmpty() ? " is as it was" : " has now " + changes));
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Delete a stream with its records and subscriptions.")
    int delete(
        @Parameters(paramLabel = "STREAM", description = "Its name.") final String name,
        @Mixin final DataDirectory data) {
        try (OpenStreams open = OpenStreams.existing(data.path())) {
            open.bus().delete(name);
        }
        return say("deleted stream " + name);
    }

    private int say(final String line) {
        out().println(line);
        return Output.done(out());
    }

    private static long bytes(final StreamDescription description) {
        return description.partitions().stream()
            .mapToLong(partition -> partition.appendedPosition() - partition.startPosition()).sum();
    }
}
