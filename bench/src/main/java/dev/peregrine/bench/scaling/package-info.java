/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** How topologies do as work grows. */
package dev.peregrine.bench.scaling;
