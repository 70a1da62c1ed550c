/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The engine as a process of its own: launch from a config file, listeners for clients. */
package dev.peregrine.daemon;
