/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

/** The bench module's entry; found by {@link java.util.ServiceLoader}. */
public interface BenchCommandProvider {
    /** Runs with the arguments behind {@code bench}; returns the exit code. */
    int run(String[] arguments) throws Exception;
}
