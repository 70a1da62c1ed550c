/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import dev.peregrine.daemon.Daemon;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code peregrine run}: the daemon. */
@Command(name = "run", mixinStandardHelpOptions = true,
    description = "Start a daemon from one config file and keep it running until SIGTERM.")
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CONFIG", description = "HOCON file with a block 'peregrine', e.g. config/ads.conf.")
    private Path config;

    @Override
    public Integer call() throws Exception {
        try (Daemon daemon = Daemon.start(config, System.err)) {
            daemon.awaitSignal();
        }
        return CommandLine.ExitCode.OK;
    }
}
