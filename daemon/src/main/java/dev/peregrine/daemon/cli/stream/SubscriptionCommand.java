/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.daemon.cli.Version;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.Subscription;
import dev.peregrine.eventbus.SubscriptionDescription;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code peregrine subscription}: lists, describes, rewinds and deletes the durable places of readers. */
@Command(name = "subscription", mixinStandardHelpOptions = true, versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND", descriptionHeading = "%n", commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    description = {
        "Look after the subscriptions of a stream: where each goes on reading.",
        "",
        "list and describe work beside a running daemon; for the rest stop it first."})
public final class SubscriptionCommand implements Runnable {
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
        description = "List the subscriptions of a stream.")
    int list(
        @Parameters(index = "0", paramLabel = "STREAM", description = "The stream.") final String stream,
        @Mixin final DataDirectory data) {
        try (OpenStreams open = OpenStreams.reading(data.path())) {
            out().printf(Locale.ROOT, "%-40s %18s %14s%n", "subscription", "lag bytes", "lag records");
            for (final String name : open.bus().subscriptions(stream)) {
                out().printf(Locale.ROOT, "%-40s %s%n", name, lag(open.bus(), stream, name));
            }
        }
        return Output.done(out());
    }

    private static String lag(final EventBus bus, final String stream, final String name) {
        try {
            final SubscriptionDescription description = bus.describeSubscription(stream, name);
            return String.format(Locale.ROOT, "%,18d %,14d", description.lagBytes(), description.lagRecords());
        } catch (final CorruptDataException e) {
            return String.format(Locale.ROOT, "%18s", "damaged"); // describe says how
        }
    }

    @Command(name = "describe", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Show where a subscription goes on, and how far it is behind.")
    int describe(
        @Parameters(index = "0", paramLabel = "STREAM", description = "The stream.") final String stream,
        @Parameters(index = "1", paramLabel = "NAME", description = "The subscription.") final String name,
        @Mixin final DataDirectory data) {
        try (OpenStreams open = OpenStreams.reading(data.path())) {
            final SubscriptionDescription description = open.bus().describeSubscription(stream, name);
            out().printf(Locale.ROOT, "%9s %18s %14s %18s %14s%n",
                "partition", "position", "record", "lag bytes", "lag records");
            int partition = 0;
            for (final SubscriptionDescription.Place place : description.places()) {
                out().printf(Locale.ROOT, "%9d %18d %14d %18d %14d%n",
                    partition++, place.position(), place.offset(), place.lagBytes(), place.lagRecords());
            }
        }
        return Output.done(out());
    }

    @Command(name = "rewind", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Make a subscription go on elsewhere.")
    int rewind(
        @Parameters(index = "0", paramLabel = "STREAM", description = "The stream.") final String stream,
        @Parameters(index = "1", paramLabel = "NAME", description = "The subscription.") final String name,
        @Option(names = "--to", required = true, paramLabel = "PLACE", converter = Place.Converter.class,
            description = "earliest, latest, offset:N, time:T, transaction:N or a position; an offset and a position"
                + " need --partition if there are several.") final Place to,
        @Option(names = "--partition", paramLabel = "P",
            description = "Which partition a position or offset is in (default: 0).") final Integer partition,
        @Mixin final DataDirectory data) {
        if (!to.isOfOnePartition() && partition != null) {
            throw new ParameterException(spec.commandLine(), "--partition goes with a position or an offset only");
        }
        try (OpenStreams open = OpenStreams.existing(data.path())) {
            open.bus().describeSubscription(stream, name); // subscribing would make it
            try (Subscription subscription = open.bus().subscribe(stream, name)) {
                final int of = to.isOfOnePartition() ? checked(partition, subscription.stream().partitions()) : 0;
                to.seek(subscription, of);
                final int last = to.isOfOnePartition() ? of : subscription.stream().partitions() - 1;
                for (int i = of; i <= last; i++) {
                    to.sayIfBehind(subscription.stream(), i, spec.commandLine().getErr());
                }
                subscription.commit();
            }
        }
        out().println("subscription " + name + " of stream " + stream + " goes on at " + to.text());
        return Output.done(out());
    }

    private CommandLine rewinding() {
        return spec.subcommands().get("rewind");
    }

    private int checked(final Integer partition, final int partitions) {
        if (partition == null && partitions > 1) {
            throw new ParameterException(
                rewinding(), "the stream has " + partitions + " partitions: say which with --partition");
        }
        final int index = partition == null ? 0 : partition;
        if (index < 0 || index >= partitions) {
            throw new ParameterException(
                rewinding(), "there is no partition " + index + "; there are 0 to " + (partitions - 1));
        }
        return index;
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, versionProvider = Version.class,
        descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
        description = "Forget a subscription's place.")
    int delete(
        @Parameters(index = "0", paramLabel = "STREAM", description = "The stream.") final String stream,
        @Parameters(index = "1", paramLabel = "NAME", description = "The subscription.") final String name,
        @Mixin final DataDirectory data) {
        try (OpenStreams open = OpenStreams.existing(data.path())) {
            open.bus().deleteSubscription(stream, name);
        }
        out().println("deleted subscription " + name + " of stream " + stream);
        return Output.done(out());
    }
}
