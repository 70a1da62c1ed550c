/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import dev.peregrine.daemon.cli.BenchCommandProvider;
import picocli.CommandLine;

/** Lets the command line of the daemon find the benchmarks. */
public final class BenchProvider implements BenchCommandProvider {
    @Override
    public int run(final String[] arguments) throws Exception {
        final Exception[] failure = {null};
        final int code = new CommandLine(new Bench())
            .setExecutionExceptionHandler((thrown, command, result) -> {
                failure[0] = thrown;
                return CommandLine.ExitCode.SOFTWARE;
            })
            .execute(arguments);
        if (failure[0] != null) {
            throw failure[0]; // the command line around us reports it
        }
        return code;
    }
}
