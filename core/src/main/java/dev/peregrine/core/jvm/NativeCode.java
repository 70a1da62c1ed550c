/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.jvm;

import java.nio.file.Path;

/**
 * Where libraries put the files that they make while they run. By default JNA and JFFI, which Chronicle Map and thread
 * pinning use, and zstd-jni unpack native code into the home and the temporary folder, and Chronicle makes a folder
 * {@code target} there; the engine writes nowhere but into its data directory.
 */
public final class NativeCode {
    private static final String[] FOLDER_PROPERTIES =
        {"jna.tmpdir", "jffi.extract.dir", "ZstdTempFolder", "project.build.directory"};

    private NativeCode() {
    }

    /**
     * Lets native code be unpacked into an existing folder. Must be called before the first use of such a library; what
     * the user has set himself is left alone. The files are deleted by their libraries as soon as they are loaded.
     */
    public static void unpackInto(final Path folder) {
        for (final String property : FOLDER_PROPERTIES) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, folder.toString());
            }
        }
    }
}
