/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The engine as one object: {@link dev.peregrine.Peregrine}. */
package dev.peregrine;
