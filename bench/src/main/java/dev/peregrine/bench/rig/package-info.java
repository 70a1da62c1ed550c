/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** What several areas share: transports, fixed-rate latency, directories. */
package dev.peregrine.bench.rig;
