/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.operators;

import dev.peregrine.bench.rig.Payload;
import dev.peregrine.topology.internal.OffHeapBytesState;
import dev.peregrine.topology.internal.OffHeapCounter;
import dev.peregrine.topology.internal.OffHeapListState;
import dev.peregrine.topology.internal.OffHeapMapState;
import dev.peregrine.topology.internal.OffHeapValueState;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does one access to a keyed state cost, the keys of sixteen bytes coming in random order? An epoch ends every 4,096
 * accesses. Nothing is logged.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class StateAccess {
    private static final int KEY_LENGTH = 16;
    private static final int MAP_KEY_LENGTH = 8;
    private static final int ORDER = 1 << 20;
    private static final int EPOCH = 4096;
    private static final int MAP_ENTRIES = 4;
    private static final int LIST_LENGTH = 4;
    private static final int SHORTEST = 24;
    private static final int LENGTHS = 32;
    private static final long SEED = 42;

    /** Distinct keys. */
    @Param("100000")
    public int keys;

    private final OffHeapValueState values = new OffHeapValueState("values", 1, KEY_LENGTH, Long.BYTES);
    private final OffHeapCounter counters = new OffHeapCounter("counters", 2);
    private final OffHeapBytesState bytes = new OffHeapBytesState("bytes", 3);
    private final OffHeapMapState maps = new OffHeapMapState("maps", 4);
    private final OffHeapListState lists = new OffHeapListState("lists", 5);
    private final UnsafeBuffer payload = Payload.of(SHORTEST + LENGTHS);
    private UnsafeBuffer keyBytes;
    private int[] order;
    private int next;

    /** Fills the states. */
    @Setup(Level.Trial)
    public void fill() {
        keyBytes = Payload.of(keys * KEY_LENGTH);
        for (int i = 0; i < keys; i++) {
            final int key = i * KEY_LENGTH;
            keyBytes.putStringWithoutLengthAscii(key, "%016d".formatted(i));
            values.getOrCreate(keyBytes, key, KEY_LENGTH);
            counters.add(keyBytes, key, KEY_LENGTH, 1);
            bytes.put(keyBytes, key, KEY_LENGTH, payload, 0, SHORTEST + i % LENGTHS);
            for (int entry = 0; entry < MAP_ENTRIES; entry++) {
                maps.put(keyBytes, key, KEY_LENGTH, payload, entry * MAP_KEY_LENGTH, MAP_KEY_LENGTH, payload, 0,
                    SHORTEST);
            }
            for (int entry = 0; entry < LIST_LENGTH; entry++) {
                lists.append(keyBytes, key, KEY_LENGTH, payload, 0, SHORTEST);
            }
        }
        clearChanged();
        order = new SplittableRandom(SEED).ints(ORDER, 0, keys).map(key -> key * KEY_LENGTH).toArray();
    }

    private void clearChanged() {
        values.clearChanged();
        counters.clearChanged();
        bytes.clearChanged();
        maps.clearChanged();
        lists.clearChanged();
    }

    private int nextKey() {
        next++;
        if ((next & EPOCH - 1) == 0) {
            clearChanged();
        }
        return order[next & ORDER - 1];
    }

    /** Adds one in a value of fixed length. */
    @Benchmark
    public long value() {
        final int at = values.getOrCreate(keyBytes, nextKey(), KEY_LENGTH);
        final long sum = values.buffer().getLong(at) + 1;
        values.buffer().putLong(at, sum);
        return sum;
    }

    /** Adds to a counter. */
    @Benchmark
    public long counterAdd() {
        return counters.add(keyBytes, nextKey(), KEY_LENGTH, 3);
    }

    /** Reads a counter. */
    @Benchmark
    public long counterGet() {
        return counters.get(keyBytes, nextKey(), KEY_LENGTH);
    }

    /** Reads a value of variable length. */
    @Benchmark
    public long bytesGet() {
        return (long) bytes.get(keyBytes, nextKey(), KEY_LENGTH) + bytes.buffer().getByte(bytes.offset());
    }

    /** Sets a value to one of another length. */
    @Benchmark
    public long bytesPut() {
        final int key = nextKey();
        bytes.put(keyBytes, key, KEY_LENGTH, payload, 0, SHORTEST + (next & LENGTHS - 1));
        return key;
    }

    /** Reads an entry of a map of four. */
    @Benchmark
    public long mapGet() {
        final int key = nextKey();
        final int length =
            maps.get(keyBytes, key, KEY_LENGTH, payload, (next & MAP_ENTRIES - 1) * MAP_KEY_LENGTH, MAP_KEY_LENGTH);
        return (long) length + maps.buffer().getByte(maps.offset());
    }

    /** Sets an entry of a map of four. */
    @Benchmark
    public long mapPut() {
        final int key = nextKey();
        maps.put(keyBytes, key, KEY_LENGTH, payload, (next & MAP_ENTRIES - 1) * MAP_KEY_LENGTH, MAP_KEY_LENGTH, payload,
            0, SHORTEST);
        return key;
    }

    /** Appends a value to a list of four and takes the first one away. */
    @Benchmark
    public boolean listAppendAndRemoveFirst() {
        final int key = nextKey();
        lists.append(keyBytes, key, KEY_LENGTH, payload, 0, SHORTEST);
        return lists.removeFirst(keyBytes, key, KEY_LENGTH);
    }
}
