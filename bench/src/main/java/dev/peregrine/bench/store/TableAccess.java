/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.store;

import dev.peregrine.bench.kv.Items;
import dev.peregrine.bench.kv.KeyValues;
import dev.peregrine.bench.rig.BenchDirectory;
import java.io.IOException;
import java.nio.file.Path;
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

/** How many rows a second can be read from a table, or written to it, by key, all keys equally likely? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class TableAccess {
    /** Rows in the table. */
    @Param("1000000")
    public int rows;

    /** Which store. */
    @Param("peregrine")
    public String subject;

    private Items items;
    private Path directory;
    private KeyValues store;
    private int[] choices;

    /** Fills the table. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        items = new Items(rows);
        choices = items.uniform();
        directory = BenchDirectory.create("table");
        store = Stores.open(subject, items, directory);
        items.fill(store);
    }

    /** Deletes it. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        store.close();
        BenchDirectory.delete(directory);
    }

    /** One calling thread. */
    @State(Scope.Thread)
    public static class Caller {
        private KeyValues.Client client;
        private int[] choices;
        private int next;

        /** Starts at a place of its own. */
        @Setup(Level.Trial)
        public void open(final TableAccess benchmark) {
            client = benchmark.store.newClient();
            choices = benchmark.choices;
            next = System.identityHashCode(this);
        }

        private int item() {
            return choices[next++ & choices.length - 1];
        }
    }

    /** Reads a row. */
    @Benchmark
    public boolean get(final Caller caller) {
        return caller.client.get(caller.item());
    }

    /** Writes a row. */
    @Benchmark
    public void put(final Caller caller) {
        caller.client.put(caller.item());
    }
}
