/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.app;

import com.typesafe.config.Config;
import dev.peregrine.Peregrine;

/**
 * Something that publishes into the engine from within the process, on a thread of its own: a replay of a data set, a
 * generator. Named in the config file by class, with a public no-argument constructor.
 */
public interface Feed {
    /**
     * Publishes until there is nothing left or the thread is interrupted, and then returns.
     *
     * @param engine the running engine.
     * @param name the key under {@code peregrine.feeds}.
     * @param config that key's block.
     */
    void run(Peregrine engine, String name, Config config) throws Exception;
}
