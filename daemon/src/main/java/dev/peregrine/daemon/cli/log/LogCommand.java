/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.files.DataDirectoryLock;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.daemon.cli.Version;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.PositionInspector;
import dev.peregrine.log.Frame;
import dev.peregrine.log.FrameDescriptor;
import dev.peregrine.log.InspectionReport;
import dev.peregrine.log.LogInspector;
import dev.peregrine.log.LogRepairer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peregrine log}: looks into the files of partitions, beside the writer too, and repairs them. */
@Command(name = "log", mixinStandardHelpOptions = true, versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND", descriptionHeading = "%n", commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    description = {
        "Verify, dump, measure, repair, back up or restore the files of the log.",
        "",
        "DIR is a data directory or the directory of one partition. Only repair changes",
        "anything. It, backup and restore want the data directory for themselves: for the others",
        "it may be in use."},
    footer = {"", "Exit codes: 0 whole, 1 damaged or not readable, 2 wrong usage."})
public final class LogCommand implements Runnable {
    private static final String STREAMS = "streams";

    private static final long NS_PER_S = 1_000_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(name = "verify", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = {
            "Check every frame, every index against the frames, the counters for readers, and the places of",
            "subscriptions; name file and byte of every defect."})
    int verify(
        @Parameters(paramLabel = "DIR", description = "Data directory, or one partition's.") final Path directory)
        throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        int code = CommandLine.ExitCode.OK;
        try {
            checkDescriptions(directory);
        } catch (final PeregrineException e) {
            out.println(e.getMessage());
            code = CommandLine.ExitCode.SOFTWARE;
        }
        final List<Path> partitions = partitionsIn(directory);
        if (partitions.isEmpty()) {
            out.println(directory + ": no stream has a record yet");
        }
        for (final Path partition : partitions) {
            final InspectionReport report = LogInspector.inspect(FilesFacade.SYSTEM, partition, frame -> { });
            report.defects().forEach(defect -> print(out, defect));
            code = report.defects().isEmpty() ? code : CommandLine.ExitCode.SOFTWARE;
            out.println(partition + ": " + report.records() + " records, " + report.controlFrames()
                + " control frames, " + report.openClaims() + " open claims, " + report.defects().size() + " defects");
        }
        for (final Path positions : PositionInspector.filesIn(directory)) {
            final InspectionReport.Defect defect = PositionInspector.inspect(positions);
            if (defect != null) {
                print(out, defect);
                code = CommandLine.ExitCode.SOFTWARE;
            }
        }
        out.flush();
        return code;
    }

    private static void print(final PrintWriter out, final InspectionReport.Defect defect) {
        out.println(defect.file() + ": byte " + defect.fileOffset()
            + (defect.position() < 0 ? "" : ", position " + defect.position()) + ": " + defect.problem());
    }

    /** Whether every stream of a data directory can be told and has its partitions. */
    private static void checkDescriptions(final Path directory) {
        if (Files.isDirectory(directory.resolve(STREAMS))) {
            EventBus.openReadOnly(directory.resolve(STREAMS), FilesFacade.SYSTEM).close();
        }
    }

    @Command(name = "repair", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = {
            "Make damaged partitions fit to be opened, where there is no copy to restore.",
            "What is taken out is kept in .torn files. Take a copy of DIR first.",
            "A damaged file of a subscription's places becomes a .torn file: it starts at the beginning then.",
            "Damaged indexes and counters are deleted, and made again by the next start."})
    int repair(
        @Parameters(paramLabel = "DIR", description = "Data directory, or one partition's.") final Path directory,
        @ArgGroup(multiplicity = "1") final How how) throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        int code = CommandLine.ExitCode.OK;
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, dataDirectoryOf(directory))) {
            for (final Path partition : partitionsIn(directory)) {
                final List<String> actions = LogRepairer.repair(FilesFacade.SYSTEM, partition, how.mode());
                actions.forEach(out::println);
                final int left = LogInspector.inspect(FilesFacade.SYSTEM, partition, frame -> { }).defects().size();
                out.println(partition + ": " + (actions.isEmpty() ? "nothing to repair" : "repaired") + ", " + left
                    + " defects left");
                code = left == 0 ? code : CommandLine.ExitCode.SOFTWARE;
            }
            for (final Path positions : PositionInspector.filesIn(directory)) {
                final String action = PositionInspector.repair(FilesFacade.SYSTEM, positions);
                if (action != null) {
                    out.println(action);
                }
            }
        }
        out.flush();
        return code;
    }

    @Command(name = "backup", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = {
            "Copy the streams of a data directory that no daemon has open to a directory that is not there.",
            "Full segments are hard links where both are on one file system. Every frame is read again."})
    int backup(
        @Parameters(paramLabel = "DATA", description = "Data directory.") final Path data,
        @Parameters(paramLabel = "TARGET", description = "Where the copy goes.") final Path target) throws IOException {
        if (!DataDirectoryLock.isDataDirectory(data)) {
            throw new ConfigurationException("there is no data directory " + data);
        }
        JvmFlags.check();
        final CopyProgress progress = new CopyProgress(spec.commandLine().getErr(), bytesIn(data.resolve(STREAMS)));
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, data);
            EventBus bus = EventBus.open(data.resolve(STREAMS), lock.files())) {
            bus.backup(target.toAbsolutePath(), progress::add);
        } finally {
            progress.clear();
        }
        return say("backup of " + data + " is in " + target + ": " + progress.totals());
    }

    @Command(name = "restore", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = {
            "Copy a backup into a data directory that has no streams yet, and read every frame of the copy.",
            "A daemon can be started on it then. If it fails nothing is left behind."})
    int restore(
        @Parameters(paramLabel = "BACKUP", description = "What backup has made.") final Path backup,
        @Parameters(paramLabel = "DATA", description = "Data directory, made if there is none.") final Path data)
        throws IOException {
        JvmFlags.check();
        final CopyProgress progress = new CopyProgress(spec.commandLine().getErr(), bytesIn(backup));
        final boolean there = Files.exists(data);
        final boolean made = !DataDirectoryLock.isDataDirectory(data);
        final long records;
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, data)) {
            try {
                records = EventBus.restore(backup, data.resolve(STREAMS).toAbsolutePath(), lock.files(), progress::add);
            } catch (final RuntimeException e) {
                if (made) {
                    lock.abandon(!there);
                }
                throw e;
            }
        } finally {
            progress.clear();
        }
        return say("backup " + backup + " is restored in " + data + ": " + records + " records, " + progress.totals());
    }

    private int say(final String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
        return CommandLine.ExitCode.OK;
    }

    private static long bytesIn(final Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return 0;
        }
        long bytes = 0;
        try (Stream<Path> found = Files.walk(root)) {
            for (final Path file : found.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /** What becomes of a damaged part; one must be chosen, since either loses something. */
    static final class How {
        @Option(names = "--cut", required = true,
            description = "End the log before the first damage; all that is behind it is taken out.")
        private boolean cut;
        @Option(names = "--seal", required = true,
            description = "Put padding in the place of each damaged part, and keep what is behind it.")
        private boolean seal;

        LogRepairer.Mode mode() {
            return seal ? LogRepairer.Mode.SEAL : LogRepairer.Mode.CUT;
        }
    }

    /** The data directory that a partition lies in, or the directory itself. */
    private static Path dataDirectoryOf(final Path directory) throws IOException {
        Path home = directory.toRealPath();
        while (home != null && !DataDirectoryLock.isDataDirectory(home)) {
            home = home.getParent();
        }
        return home != null ? home : directory;
    }

    @Command(name = "stat", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = "Show segments, bytes, records, time span and producers of every partition.")
    int stat(
        @Parameters(paramLabel = "DIR", description = "Data directory, or one partition's.") final Path directory,
        @Option(names = "--json", description = "One JSON object per partition and line.") final boolean json)
        throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        for (final Path partition : partitionsIn(directory)) {
            final InspectionReport report = LogInspector.inspect(FilesFacade.SYSTEM, partition, frame -> { });
            print(out, stat(report), json, "\n  ");
        }
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private static Map<String, Object> stat(final InspectionReport report) {
        final Map<String, Object> values = new LinkedHashMap<>();
        values.put("partition", report.directory().toString());
        values.put("segments", report.segments());
        values.put("packedSegments", report.packedSegments());
        values.put("fileBytes", report.fileBytes());
        values.put("startPosition", report.startPosition());
        values.put("endPosition", report.endPosition());
        values.put("startOffset", report.startOffset());
        values.put("records", report.records());
        values.put("compactedRecords", report.compactedRecords());
        values.put("fragments", report.fragments());
        values.put("payloadBytes", report.payloadBytes());
        values.put("controlFrames", report.controlFrames());
        values.put("paddingFrames", report.paddingFrames());
        if (report.records() > 0) {
            values.put("firstTime", time(report.lowestTimestampNs()));
            values.put("lastTime", time(report.highestTimestampNs()));
        }
        if (report.highestTransactionId() >= 0) {
            values.put("highestTransactionId", report.highestTransactionId());
        }
        values.put("ended", report.ended());
        values.put("openClaims", report.openClaims());
        values.put("tornFiles", report.tornFiles());
        values.put("defects", report.defects().size());
        final Map<String, Object> producers = new LinkedHashMap<>();
        report.producers().forEach((id, producer) -> producers.put(Long.toUnsignedString(id, 16),
            Map.of("records", producer.records(), "highestSequence", producer.highestSequence())));
        values.put("producers", producers);
        return values;
    }

    @Command(name = "dump", mixinStandardHelpOptions = true, versionProvider = Version.class,
        description = "Print every intact frame, control frames too.")
    int dump(
        @Parameters(paramLabel = "DIR", description = "Data directory, or one partition's.") final Path directory,
        @Option(names = "--json", description = "One JSON object per frame and line, with the payload in hex.")
        final boolean json) throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        int code = CommandLine.ExitCode.OK;
        for (final Path partition : partitionsIn(directory)) {
            final InspectionReport report = LogInspector.inspect(FilesFacade.SYSTEM, partition,
                frame -> print(out, describe(partition, frame, json), json, " "));
            code = report.defects().isEmpty() ? code : CommandLine.ExitCode.SOFTWARE;
        }
        out.flush();
        return code;
    }

    private static Map<String, Object> describe(final Path partition, final Frame frame, final boolean payload) {
        final Map<String, Object> values = new LinkedHashMap<>();
        values.put("partition", partition.toString());
        values.put("position", frame.position());
        if (FrameDescriptor.countsAsRecord(frame.flags())) {
            values.put("offset", frame.offset());
        }
        values.put("time", time(frame.timestampNs()));
        values.put("flags", frame.flags());
        values.put("schema", frame.schemaId());
        values.put("template", frame.templateId());
        values.put("keyHash", Long.toUnsignedString(frame.keyHash(), 16));
        values.put("producer", Long.toUnsignedString(frame.producerId(), 16));
        values.put("sequence", frame.sequence());
        if (frame.transactionId() >= 0) {
            values.put("transaction", frame.transactionId());
        }
        values.put("length", frame.payloadLength());
        if (payload) {
            final byte[] bytes = new byte[frame.payloadLength()];
            frame.buffer().getBytes(frame.payloadOffset(), bytes);
            values.put("payload", HexFormat.of().formatHex(bytes));
        }
        return values;
    }

    private static String time(final long timestampNs) {
        return Instant.ofEpochSecond(Math.floorDiv(timestampNs, NS_PER_S), Math.floorMod(timestampNs, NS_PER_S))
            .toString();
    }

    private static void print(
        final PrintWriter out, final Map<String, Object> values, final boolean json, final String between) {
        if (!json) {
            final StringBuilder line = new StringBuilder();
            values.forEach((name, value) -> line.append(line.length() == 0 ? "" : between)
                .append("partition".equals(name) ? "" : name + "=").append(value));
            out.println(line);
            return;
        }
        try {
            out.println(JSON.writeValueAsString(values));
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException(e); // maps of strings and numbers
        }
    }

    /** The partitions below a directory; none in a data directory whose streams have no record yet. */
    private static List<Path> partitionsIn(final Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new ConfigurationException(directory + " is no directory");
        }
        try (Stream<Path> found = Files.walk(directory)) {
            final List<Path> partitions = found.filter(Files::isDirectory)
                .filter(path -> LogInspector.isPartition(FilesFacade.SYSTEM, path)).sorted().toList();
            if (partitions.isEmpty() && !Files.isDirectory(directory.resolve(STREAMS))) {
                throw new ConfigurationException("there is no log in " + directory);
            }
            return partitions;
        }
    }
}
