/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The command {@code topology}: plans topologies, and looks after those of a running daemon. */
package dev.peregrine.daemon.cli.topology;
