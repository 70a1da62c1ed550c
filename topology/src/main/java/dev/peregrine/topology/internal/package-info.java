/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Planner and runtime of topologies: threads, rings, epochs, recovery. Private to the module. */
package dev.peregrine.topology.internal;
