/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stat;

import dev.peregrine.core.error.StorageException;
import dev.peregrine.daemon.cli.Version;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code peregrine stat}: what an engine has done since its start. */
@Command(name = "stat", mixinStandardHelpOptions = true, versionProvider = Version.class,
    descriptionHeading = "%n", optionListHeading = "%nOptions:%n",
    description = {
        "Show what an engine's topologies have done so far.",
        "",
        "Reads the counters file in its data directory, beside the engine, whether that is a",
        "daemon or embedded; it does not disturb it. Figures are up to 0.1 s old. Of one that",
        "was killed they are the last ones."},
    footer = {
        "",
        "ns/event is the time in the stage itself, by a sample; waited, how long it waited for",
        "room in rings to others; held up, how long others waited for room in rings to it;",
        "event time, how far its watermark is behind the clock."})
public final class StatCommand implements Callable<Integer> {
    @Option(names = "--data-dir", required = true, paramLabel = "D", description = "The data directory.")
    private Path directory;

    @Option(names = "--json", description = "One document of JSON, with every figure.")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        final EngineReading reading = EngineReading.of(directory);
        if (json) {
            out.println(StatJson.of(reading));
        } else {
            StatTable.totals(reading).forEach(out::println);
        }
        out.flush();
        if (out.checkError()) {
            throw new StorageException("the output could not be written to stdout");
        }
        return CommandLine.ExitCode.OK;
    }
}
