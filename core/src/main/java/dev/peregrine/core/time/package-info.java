/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The clock that timestamps are taken from. */
package dev.peregrine.core.time;
