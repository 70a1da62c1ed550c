/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A peer that runs in a JVM of its own, in a directory that goes with it. */
final class PeerProcess {
    private PeerProcess() {
    }

    /** The command line of a main class with this JVM's class path. */
    static List<String> command(final Path directory, final List<String> flags, final String main, final String... args) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-Djava.io.tmpdir=" + directory);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main);
        command.addAll(List.of(args));
        return command;
    }

    /** Ends it and deletes the directory. */
    static void stop(final Process process, final Path directory) {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        BenchDirectory.delete(directory);
    }
}
