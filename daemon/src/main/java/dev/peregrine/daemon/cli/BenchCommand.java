/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import dev.peregrine.core.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code peregrine bench}: hands its arguments to the bench module, which is built only when it is asked for. */
@Command(name = "bench",
    description = "Measure the log, ring, topology, store, cache, the whole pipeline or the Nexmark queries.")
final class BenchCommand implements Callable<Integer> {
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        final BenchCommandProvider provider = ServiceLoader.load(BenchCommandProvider.class).findFirst()
            .orElseThrow(() -> new ConfigurationException(
                "the benchmarks are not on the class path: run them through ./peregrine bench"));
        return provider.run(arguments.toArray(new String[0]));
    }
}
