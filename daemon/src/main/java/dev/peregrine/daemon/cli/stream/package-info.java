/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The commands that look after streams and subscriptions, and publish and print records by hand. */
package dev.peregrine.daemon.cli.stream;
