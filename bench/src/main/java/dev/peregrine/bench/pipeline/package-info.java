/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** How fast is the whole way from publish to query? */
package dev.peregrine.bench.pipeline;
