/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The commands that look into the files of the log. */
package dev.peregrine.daemon.cli.log;
