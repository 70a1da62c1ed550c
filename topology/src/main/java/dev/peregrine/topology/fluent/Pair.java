/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

/**
 * A key and what belongs to it.
 *
 * @param key the key.
 * @param value what belongs to it.
 * @param <K> type of the key.
 * @param <V> type of the value.
 */
public record Pair<K, V>(K key, V value) {
    /** Makes a pair. */
    public static <K, V> Pair<K, V> of(final K key, final V value) {
        return new Pair<>(key, value);
    }
}
