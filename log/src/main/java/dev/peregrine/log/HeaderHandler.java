/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import org.agrona.DirectBuffer;

/** Takes the headers of a record, on the polling thread. */
@FunctionalInterface
public interface HeaderHandler {
    /** Called once per header; name (UTF-8) and value lie in the buffer, valid as long as the frame is. */
    void onHeader(DirectBuffer buffer, int nameOffset, int nameLength, int valueOffset, int valueLength);
}
