/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Keyed state of stages: off-heap, allocation-free, kept by the epochs. */
package dev.peregrine.topology.state;
