/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

/**
 * A frequent item.
 *
 * @param item the item.
 * @param count how often it came, at most.
 * @param error by how much the count may be too high.
 * @param <I> type of the items.
 */
public record Ranked<I>(I item, long count, long error) {
}
