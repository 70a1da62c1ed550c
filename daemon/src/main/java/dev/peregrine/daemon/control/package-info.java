/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The control socket: what the command line asks a running daemon to do. */
package dev.peregrine.daemon.control;
