/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Runs topologies in tests: on one thread, by a clock that the test moves. */
package dev.peregrine.topology.testing;
