/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.stream;

import dev.peregrine.core.error.StorageException;
import java.io.PrintWriter;
import picocli.CommandLine;

/** The end of a command that has printed. */
final class Output {
    private Output() {
    }

    /** Flushes; the exit code is that of success, since otherwise it throws. */
    static int done(final PrintWriter out) {
        out.flush();
        if (out.checkError()) {
            throw new StorageException("the output could not be written to stdout");
        }
        return CommandLine.ExitCode.OK;
    }
}
