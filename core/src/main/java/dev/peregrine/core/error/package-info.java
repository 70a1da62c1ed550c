/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Typed errors: each names the thing that failed and the way out. */
package dev.peregrine.core.error;
