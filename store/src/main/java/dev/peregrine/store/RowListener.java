/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import org.agrona.DirectBuffer;

/** Hears of each row that was changed, on the thread that applied the change. */
@FunctionalInterface
public interface RowListener {
    /** The new row, valid only during the call; null if the row was deleted. */
    void onRow(DirectBuffer pkey, int offset, int length, RowView row);
}
