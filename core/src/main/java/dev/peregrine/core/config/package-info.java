/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Help with HOCON configuration. */
package dev.peregrine.core.config;
