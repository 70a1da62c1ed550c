/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** What each operator of a topology costs by itself, and that it allocates nothing. */
package dev.peregrine.bench.operators;
