/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** What does the hop between two threads cost? */
package dev.peregrine.bench.ring;
