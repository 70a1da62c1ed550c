/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The commands {@code stat} and {@code top}: show the counters file of an engine in another process. */
package dev.peregrine.daemon.cli.stat;
