/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** What the JVM must be told at its start, and the check that says so in one message. */
package dev.peregrine.core.jvm;
