/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import dev.peregrine.daemon.Daemon;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peregrine run}: the daemon. */
@Command(name = "run", mixinStandardHelpOptions = true, versionProvider = Version.class,
    descriptionHeading = "%n", parameterListHeading = "%n", optionListHeading = "%nOptions:%n",
    description = {
        "Run as a daemon, from one config file.",
        "",
        "SIGTERM and Ctrl-C stop it cleanly, with exit code 0. Started again, it goes on",
        "where it ended, after kill -9 too."},
    footer = {
        "",
        "config/ads.conf is an example; reference.conf has every key. Relative paths",
        "in it are relative to the current directory."})
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CONFIG", description = "HOCON file with a block 'peregrine'.")
    private Path config;

    @Option(names = "--take-over", description = {
        "Take the data directory over from a process that holds it and cannot be stopped, e.g. because it hangs. What",
        "that one had acknowledged is kept, nothing that it writes from now on counts. Its ports are its own as long as",
        "it lives: give the listeners others."})
    private boolean takeOver;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        final CountDownLatch stop = new CountDownLatch(1);
        final PrintWriter err = spec.commandLine().getErr();
        try (StopSignal signal = StopSignal.install(err, stop::countDown, null)) {
            try (Daemon daemon = start(line -> say(err, line))) {
                say(err, "peregrine runs; data in " + daemon.dataDirectory() + "; SIGTERM or Ctrl-C stops it");
                stop.await();
            } catch (final RuntimeException e) {
                if (!signal.received()) {
                    throw e;
                }
                say(err, "peregrine: the stop was not clean, the next start recovers: " + e);
                signal.exitWith(CommandLine.ExitCode.SOFTWARE);
                return CommandLine.ExitCode.SOFTWARE;
            }
            signal.exitWith(CommandLine.ExitCode.OK);
        }
        return CommandLine.ExitCode.OK;
    }

    private Daemon start(final Consumer<String> log) {
        return takeOver ? Daemon.takeOver(config, log) : Daemon.start(config, log);
    }

    private static void say(final PrintWriter err, final String line) {
        err.println(line);
        err.flush();
    }
}
