/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

/** When a published record is safe, and from what. */
public enum Durability {
    /** Survives the death of the process at any instruction; a power cut may take what the system had not written. */
    OS,
    /** As {@link #OS}, and forced to disk in the background at an interval. */
    INTERVAL,
    /** A publish returns after its bytes are forced; publishers that wait together share one force. */
    SYNC
}
