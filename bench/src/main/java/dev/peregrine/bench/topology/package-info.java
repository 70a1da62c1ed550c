/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** What does counting an event cost on one core? */
package dev.peregrine.bench.topology;
