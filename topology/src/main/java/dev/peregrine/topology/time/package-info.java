/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Event time: timers and watermarks. */
package dev.peregrine.topology.time;
