/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.app;

import java.nio.file.Path;

/**
 * What the user asked of a demo.
 *
 * @param dataDirectory where the engine keeps its files.
 * @param keep whether state found there is resumed; otherwise an earlier demo's files there are deleted first.
 * @param events rows that shall have passed in all when the demo ends.
 * @param ratePerSecond rows published per second, or 0 for flat out.
 * @param input a directory with data files of the shipped format, or null for the shipped ones.
 * @param export a CSV file to write every ad's counts to, or null.
 * @param threads threads for the topology, or 0 for what the planner chooses.
 * @param warmUp whether the JVM is first warmed up on a scratch engine, so that the figures are those of a warm engine.
 */
public record DemoOptions(
    Path dataDirectory, boolean keep, long events, long ratePerSecond, Path input, Path export, int threads,
    boolean warmUp) {
}
