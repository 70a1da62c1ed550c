/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Ready windows in event time, to be used as stages. */
package dev.peregrine.topology.window;
