/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Which cores the engine's threads run on. */
package dev.peregrine.core.thread;
