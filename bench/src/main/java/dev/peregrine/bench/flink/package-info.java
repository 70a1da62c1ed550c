/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Apache Flink in this process, for whatever job is measured beside the engine. */
package dev.peregrine.bench.flink;
