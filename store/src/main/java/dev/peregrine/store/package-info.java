/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Tables (Manhattan) over Chronicle Map, and the off-heap cache (Nighthawk). */
package dev.peregrine.store;
