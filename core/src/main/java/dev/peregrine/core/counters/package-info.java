/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The counters file: what an engine tells about itself to other processes. */
package dev.peregrine.core.counters;
