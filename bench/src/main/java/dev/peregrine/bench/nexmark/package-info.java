/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** How many events a second go through the queries of the Nexmark benchmark? */
package dev.peregrine.bench.nexmark;
