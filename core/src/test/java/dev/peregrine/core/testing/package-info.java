/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Fixtures for tests, of this module and of others. */
package dev.peregrine.core.testing;
