/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/**
 * The partition log: an append-only sequence of frames in memory-mapped segments.
 *
 * <p>Start at {@link dev.peregrine.log.PartitionLog}; the bytes are drawn in
 * {@link dev.peregrine.log.FrameDescriptor} and {@link dev.peregrine.log.SegmentDescriptor}.
 */
package dev.peregrine.log;
