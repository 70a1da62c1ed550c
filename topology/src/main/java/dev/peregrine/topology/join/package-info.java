/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/**
 * Stages that join: two streams in windows or within an interval of each other, a stream with a table or with the stream
 * of a table's changes.
 */
package dev.peregrine.topology.join;
