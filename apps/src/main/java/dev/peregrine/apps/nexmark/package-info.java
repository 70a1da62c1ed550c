/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/**
 * The Nexmark benchmark: events of an on-line auction, made by a generator, and queries over them as topologies.
 *
 * <p>Source: P. Tucker, K. Tufte, V. Papadimos, D. Maier: NEXMark, a benchmark for queries over data streams, 2002; and
 * the proportions and the further queries that Apache Beam and the nexmark/nexmark project have published since.
 */
package dev.peregrine.apps.nexmark;
