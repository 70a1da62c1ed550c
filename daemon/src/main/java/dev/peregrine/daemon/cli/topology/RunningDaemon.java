/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli.topology;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.error.StorageException;
import dev.peregrine.daemon.control.ControlClient;
import dev.peregrine.daemon.control.ControlReply;
import dev.peregrine.daemon.control.ControlRequest;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The daemon that a command talks to. */
final class RunningDaemon {
    private static final long ANSWER_MS = 60_000;

    @Option(names = "--data-dir", required = true, paramLabel = "D", description = "The daemon's data directory.")
    private Path directory;

    /** Asks and prints the answer; returns the exit code. */
    int ask(final PrintWriter out, final ControlRequest request) {
        return print(out, asked(request, ANSWER_MS).text());
    }

    /** As {@link #ask}, for an answer that may take any time. */
    int askAndWait(final PrintWriter out, final ControlRequest request) {
        return print(out, asked(request, 0).text());
    }

    /** As {@link #ask}, but prints the data of the answer as one line of JSON each. */
    int askForJson(final PrintWriter out, final ControlRequest request) {
        final StringBuilder lines = new StringBuilder();
        final ObjectMapper json = new ObjectMapper();
        try {
            for (final Object row : asked(request, ANSWER_MS).data()) {
                lines.append(json.writeValueAsString(row)).append(System.lineSeparator());
            }
        } catch (final JsonProcessingException e) {
            throw new PeregrineException(e.getOriginalMessage(), e);
        }
        return print(out, lines.toString());
    }

    private ControlReply asked(final ControlRequest request, final long timeoutMs) {
        final ControlReply reply = new ControlClient(directory, timeoutMs).ask(request);
        if (!reply.ok()) {
            throw new PeregrineException(reply.text());
        }
        return reply;
    }

    private static int print(final PrintWriter out, final String text) {
        if (!text.isEmpty()) {
            out.println(text.stripTrailing());
        }
        out.flush();
        if (out.checkError()) {
            throw new StorageException("the output could not be written to stdout");
        }
        return CommandLine.ExitCode.OK;
    }
}
