/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The command line of the benchmarks: what is measured, how long, and how it is printed. */
package dev.peregrine.bench.cli;
