/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

/**
 * When those who watch a topology speak up.
 *
 * @param hungAfterNs how long a thread may be in one call, nanoseconds; 0 is for ever.
 * @param backPressureShare the share of a second from which on holding others up is reported, 0 to 1.
 */
public record WatchLimits(long hungAfterNs, double backPressureShare) {
}
