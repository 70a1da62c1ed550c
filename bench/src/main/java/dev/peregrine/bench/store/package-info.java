/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** How fast are reads and writes of a table? */
package dev.peregrine.bench.store;
