/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest, and the JVM's. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        final String version = Version.class.getPackage().getImplementationVersion();
        final String line = "peregrine " + (version == null ? "(not from a jar)" : version) + ", Java "
            + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch");
        return new String[] {line};
    }
}
