/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/**
 * What a topology is written with: sources, stages and sinks joined by groupings.
 *
 * <p>A stage sees only {@link dev.peregrine.topology.EventView}, {@link dev.peregrine.topology.Emitter} and
 * {@link dev.peregrine.topology.StageContext}; it never touches a ring, a thread or the log.
 */
package dev.peregrine.topology;
