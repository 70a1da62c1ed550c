/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.app;

/** A job that shows the whole engine at work on shipped data. Found by {@link java.util.ServiceLoader}. */
public interface Demo {
    /** Name on the command line. */
    String name();

    /** One line for the help page. */
    String description();

    /**
     * Runs to the end and returns what was seen. Called on the main thread; may be stopped by interrupt.
     *
     * @throws Exception if it cannot run; a {@link dev.peregrine.core.error.PeregrineException} is printed as one line.
     */
    DemoReport run(DemoOptions options, DemoListener listener) throws Exception;
}
