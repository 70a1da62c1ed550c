/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

/** What a reader does at a frame that fails its checksum. */
public enum DamagePolicy {
    /** It throws, naming partition and position, and stays there. */
    STOP,
    /** It reports the damaged range and goes on behind it; see {@link dev.peregrine.log.PartitionLog#skipDamage}. */
    SKIP
}
