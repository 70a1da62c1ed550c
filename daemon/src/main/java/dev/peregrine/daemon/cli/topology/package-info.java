/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Commands that look after topologies. */
package dev.peregrine.daemon.cli.topology;
