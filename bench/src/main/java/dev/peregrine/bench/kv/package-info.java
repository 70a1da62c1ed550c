/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Keys, values and their order of use, for tables and caches alike. */
package dev.peregrine.bench.kv;
