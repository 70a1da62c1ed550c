/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cache;

import dev.peregrine.bench.kv.Items;
import dev.peregrine.bench.kv.KeyValues;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How many operations a second does a cache that holds every item answer: reads or writes of items that are all equally
 * likely, or 95 % reads and 5 % writes of items of which few are used often (YCSB's workload B)?
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class CacheAccess {
    /** One operation in so many is a write. */
    private static final int WRITE_EVERY = 20;

    /** Items in the cache. */
    @Param("1000000")
    public int rows;

    /** Which cache. */
    @Param("peregrine")
    public String subject;

    private KeyValues cache;
    private int[] uniform;
    private int[] zipf;

    /** Fills the cache. */
    @Setup(Level.Trial)
    public void open() {
        final Items items = new Items(rows);
        uniform = items.uniform();
        zipf = items.zipf();
        cache = CacheSubjects.open(subject, items);
        items.fill(cache);
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        cache.close();
    }

    /** One calling thread. */
    @State(Scope.Thread)
    public static class Caller {
        private KeyValues.Client client;
        private int next;

        /** Starts at a place of its own. */
        @Setup(Level.Trial)
        public void open(final CacheAccess benchmark) {
            client = benchmark.cache.newClient();
            next = System.identityHashCode(this);
        }

        private int item(final int[] choices) {
            return choices[next++ & choices.length - 1];
        }
    }

    /** Reads an item. */
    @Benchmark
    public boolean get(final Caller caller) {
        return caller.client.get(caller.item(uniform));
    }

    /** Writes an item. */
    @Benchmark
    public void put(final Caller caller) {
        caller.client.put(caller.item(uniform));
    }

    /** Mostly reads. */
    @Benchmark
    public boolean mixed(final Caller caller) {
        final int item = caller.item(zipf);
        if (caller.next % WRITE_EVERY == 0) {
            caller.client.put(item);
            return true;
        }
        return caller.client.get(item);
    }
}
