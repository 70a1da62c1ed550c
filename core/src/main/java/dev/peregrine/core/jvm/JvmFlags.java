/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.jvm;

import dev.peregrine.core.error.JvmFlagsException;
import java.util.ArrayList;
import java.util.List;

/**
 * The JVM flags that Agrona and Chronicle Map need, and the check that an embedding service passed them.
 *
 * <p>The launcher and the executable jar's manifest set all of them; only an embedder who starts his own JVM meets the
 * check. All methods may be called from any thread.
 */
public final class JvmFlags {
    /** One package of a JDK module that must be opened or exported to class-path code. */
    public record Access(String module, String packageName, boolean open) {
        String flag() {
            return (open ? "--add-opens=" : "--add-exports=") + module + "/" + packageName + "=ALL-UNNAMED";
        }
    }

    private static final List<Access> REQUIRED = List.of(
        new Access("java.base", "jdk.internal.misc", true),
        new Access("java.base", "java.lang", true),
        new Access("java.base", "java.lang.reflect", true),
        new Access("java.base", "java.io", true),
        new Access("java.base", "java.util", true),
        new Access("java.base", "java.nio", true),
        new Access("java.base", "sun.nio.ch", true),
        new Access("java.base", "jdk.internal.misc", false),
        new Access("java.base", "jdk.internal.ref", false),
        new Access("java.base", "sun.nio.ch", false),
        new Access("jdk.compiler", "com.sun.tools.javac.file", false),
        new Access("jdk.compiler", "com.sun.tools.javac", true));

    private static final int FIRST_WITH_UNSAFE_WARNING = 24;

    private JvmFlags() {
    }

    /** The accesses that must be granted, in the order in which the flags are printed. */
    public static List<Access> required() {
        return REQUIRED;
    }

    /** Every flag a JVM of the given feature release should be started with, quiet ones included. */
    public static List<String> forRelease(final int featureRelease) {
        final List<String> flags = new ArrayList<>();
        for (final Access access : REQUIRED) {
            flags.add(access.flag());
        }
        if (featureRelease >= FIRST_WITH_UNSAFE_WARNING) {
            flags.add("--sun-misc-unsafe-memory-access=allow");
            flags.add("--enable-native-access=ALL-UNNAMED");
        }
        flags.add("-Dchronicle.analytics.disable=true");
        return flags;
    }

    /**
     * Checks that this JVM grants every access, and switches Chronicle's usage reports off.
     *
     * @throws JvmFlagsException with the exact line to add, if a flag is missing.
     */
    public static void check() {
        System.setProperty("chronicle.analytics.disable", "true");
        final List<String> missing = new ArrayList<>();
        for (final Access access : REQUIRED) {
            if (!isGranted(access)) {
                missing.add(access.flag());
            }
        }
        if (!missing.isEmpty()) {
            throw new JvmFlagsException("Peregrine needs JVM flags that are missing here; add this to the java command:"
                + System.lineSeparator() + String.join(" ", forRelease(Runtime.version().feature())));
        }
    }

    private static boolean isGranted(final Access access) {
        final Module module = ModuleLayer.boot().findModule(access.module()).orElse(null);
        if (module == null || !module.getPackages().contains(access.packageName())) {
            return true; // a runtime image without the module has nothing to open
        }
        final Module ours = JvmFlags.class.getModule();
        return access.open()
            ? module.isOpen(access.packageName(), ours)
            : module.isExported(access.packageName(), ours);
    }
}
