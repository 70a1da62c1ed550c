/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.daemon.cli.Amount;
import dev.peregrine.daemon.cli.Version;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.GroupMember;
import dev.peregrine.eventbus.Stream;
import dev.peregrine.eventbus.Subscription;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.log.ReadIsolation;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code peregrine tail}: prints records. */
@Command(name = "tail", mixinStandardHelpOptions = true, versionProvider = Version.class,
    descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
    description = {
        "Print the records of a stream, a line each; partition after partition.",
        "",
        "With --subscription it goes on where that one ended, and moves it on."},
    footer = {
        "",
        "Works beside a running daemon, but for --subscription and --group, which need",
        "the data directory for themselves."})
public final class TailCommand implements Callable<Integer> {
    private static final int BATCH = 256;

    /** Reads how far readers go. */
    private static final class Level implements CommandLine.ITypeConverter<ReadIsolation> {
        @Override
        public ReadIsolation convert(final String text) {
            return switch (text) {
                case "visible" -> ReadIsolation.VISIBLE;
                case "durable" -> ReadIsolation.DURABLE;
                case "committed" -> ReadIsolation.COMMITTED;
                default -> throw new CommandLine.TypeConversionException(
                    "'" + text + "' is not visible, durable or committed");
            };
        }
    }

    /** Prints up to a number of records. */
    @FunctionalInterface
    private interface Source {
        int poll(int limit);
    }

    @Parameters(paramLabel = "STREAM", description = "The stream.")
    private String stream;

    @Option(names = "--from", paramLabel = "PLACE", converter = Place.Converter.class,
        description = "Where to start: earliest (default, without a subscription), latest, offset:N, time:T,"
            + " transaction:N or a position; offsets and positions are those of every partition.")
    private Place from;

    @Option(names = "--last", paramLabel = "N", converter = Amount.class,
        description = "Start at the last N records of every partition.")
    private Long last;

    @Option(names = "--isolation", paramLabel = "LEVEL", defaultValue = "visible",
        converter = Level.class,
        description = "Print what is visible, durable or committed (default: visible).")
    private ReadIsolation isolation;

    @Option(names = "--partition", paramLabel = "P", description = "Print this partition only.")
    private Integer partition;

    @Option(names = "--limit", paramLabel = "N", converter = Amount.class, description = "Stop after N records.")
    private Long limit;

    @Option(names = "--json", description = "Print everything about a record as JSON.")
    private boolean json;

    @Option(names = "--headers", description = "Print key and headers before the payload; --json has them anyway.")
    private boolean headers;

    @Option(names = "--follow", description = "Wait for more at the end, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--subscription", paramLabel = "S", description = "Read as this subscription.")
    private String name;

    @Option(names = "--group", paramLabel = "G", description = "Read as a member of this group.")
    private String group;

    @Mixin
    private DataDirectory data;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (last != null && (from != null || name != null || group != null)) {
            throw new ParameterException(
                spec.commandLine(), "--last excludes --from, --subscription and --group");
        }
        if (partition != null && (name != null || group != null)) {
            throw new ParameterException(spec.commandLine(), "--partition excludes --subscription and --group");
        }
        if (name != null && group != null) {
            throw new ParameterException(spec.commandLine(), "--subscription and --group exclude each other");
        }
        try (OpenStreams open = name == null && group == null
            ? OpenStreams.reading(data.path()) : OpenStreams.existing(data.path())) {
            if (name != null) {
                tailAs(open.bus());
            } else if (group != null) {
                tailIn(open.bus());
            } else {
                tail(open.bus(), open.bus().stream(stream));
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private void tailAs(final EventBus bus) throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        final RecordPrinter printer = new RecordPrinter(out, json, headers, bus.schema(stream).orElse(null));
        try (Subscription subscription = bus.subscribe(stream, name)) {
            subscription.isolation(isolation);
            seek(subscription);
            run(bus, atMost -> {
                final int count = subscription.poll(frame -> printer.print(subscription.partition(), frame), atMost);
                if (count > 0) {
                    Output.done(out); // what was not written is printed again next time
                    subscription.commit();
                }
                return count;
            });
        }
    }

    private void seek(final Subscription subscription) {
        if (from != null) {
            for (int i = 0; i < subscription.stream().partitions(); i++) {
                from.seek(subscription, i);
                from.sayIfBehind(subscription.stream(), i, spec.commandLine().getErr());
            }
            subscription.commit();
        }
    }

    private void tailIn(final EventBus bus) throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        final RecordPrinter printer = new RecordPrinter(out, json, headers, bus.schema(stream).orElse(null));
        if (from != null) {
            try (Subscription place = bus.subscribe(stream, group)) {
                seek(place);
            }
        }
        try (GroupMember member = bus.join(stream, group)) {
            member.isolation(isolation);
            run(bus, atMost -> {
                final int count = member.poll(frame -> printer.print(member.partition(), frame), atMost);
                if (count > 0) {
                    Output.done(out); // what was not written is printed again next time
                    member.commit();
                }
                return count;
            });
        }
    }

    private static int checked(final int number, final Stream of) {
        if (number < 0 || number >= of.partitions()) {
            throw new ConfigurationException("stream " + of.name() + " has no partition " + number + ": it has "
                + of.partitions() + ", counted from 0");
        }
        return number;
    }

    /** Adds a reader at the place asked for. */
    private void open(final Stream of, final int number, final List<PartitionReader> readers) {
        final PartitionLog log = of.partition(number);
        final PartitionReader reader = log.newReader(log.startPosition());
        readers.add(reader);
        reader.isolation(isolation);
        if (from != null) {
            from.seek(reader, of, number);
            from.sayIfBehind(of, number, spec.commandLine().getErr());
        }
        if (last != null) {
            reader.seekToEnd();
            reader.readBackwards(frame -> { }, (int) Math.min(last, Integer.MAX_VALUE));
        }
    }

    private void tail(final EventBus bus, final Stream of) throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        final RecordPrinter printer = new RecordPrinter(out, json, headers, bus.schema(stream).orElse(null));
        final List<PartitionReader> readers = new ArrayList<>();
        try {
            final int first = partition == null ? 0 : checked(partition, of);
            final int behindLast = partition == null ? of.partitions() : partition + 1;
            for (int i = first; i < behindLast; i++) {
                open(of, i, readers);
            }
            run(bus, atMost -> {
                int count = 0;
                for (int i = 0; i < readers.size() && count < atMost; i++) {
                    final int number = first + i;
                    count += readers.get(i).poll(frame -> printer.print(number, frame), atMost - count);
                }
                Output.done(out);
                return count;
            });
        } finally {
            CloseHelper.closeAll(readers);
        }
    }

    private void run(final EventBus bus, final Source source) throws InterruptedException {
        long left = limit == null ? Long.MAX_VALUE : limit;
        boolean ended = false;
        while (left > 0) {
            final int count = source.poll((int) Math.min(BATCH, left));
            left -= count;
            if (count == 0) {
                if (!follow || ended) {
                    return;
                }
                ended = bus.stream(stream).isEnded(); // what came before the end is polled once more
                bus.doHousekeeping();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }
}
