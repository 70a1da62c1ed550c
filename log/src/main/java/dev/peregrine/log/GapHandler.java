/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

/** Is told of records that a reader will not get, on the polling thread, before any record behind them. */
@FunctionalInterface
public interface GapHandler {
    /** Called once per gap. */
    void onGap(Gap gap);
}
