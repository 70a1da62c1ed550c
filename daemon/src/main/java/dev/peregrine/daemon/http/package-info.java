/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** HTTP: metrics and health. */
package dev.peregrine.daemon.http;
