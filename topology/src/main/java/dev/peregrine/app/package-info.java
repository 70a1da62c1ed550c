/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** How an application plugs into the daemon and the command line: topology factories, feeds and demos, by name. */
package dev.peregrine.app;
