/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** What windows compute: aggregates in accumulators of a fixed number of bytes. */
package dev.peregrine.topology.aggregate;
