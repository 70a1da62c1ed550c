/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** One job on the engine and on its peers: count 64-byte events per key in tumbling windows of event time. */
package dev.peregrine.bench.topology.count;
