/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import com.typesafe.config.Config;
import dev.peregrine.core.error.ConfigurationException;

/** Makes objects of the classes that a configuration names. */
final class Classes {
    private Classes() {
    }

    /** An object of the class that a block names under {@code class}. */
    static <T> T create(final Config block, final Class<T> type, final String path, final ClassLoader loader) {
        if (!block.hasPath("class")) {
            throw new ConfigurationException(
                block.root().origin().description() + ": " + path + " needs a key 'class'");
        }
        final String name = block.getString("class");
        try {
            return type.cast(Class.forName(name, true, loader).getConstructor().newInstance());
        } catch (final ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new ConfigurationException(block.getValue("class").origin().description() + ": " + path + ".class = "
                + name + " cannot be used: it must be on the class path" + (block.hasPath("jar") ? " or in the jar" : "")
                + ", implement " + type.getName() + " and have a public constructor without arguments (" + e + ")", e);
        }
    }
}
