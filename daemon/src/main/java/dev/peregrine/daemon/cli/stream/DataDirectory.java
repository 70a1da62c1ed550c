/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that every command of this package needs. */
final class DataDirectory {
    @Option(names = "--data-dir", required = true, paramLabel = "D", description = "The data directory.")
    private Path path;

    Path path() {
        return path;
    }
}
