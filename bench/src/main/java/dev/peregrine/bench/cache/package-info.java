/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** How fast is the cache? */
package dev.peregrine.bench.cache;
