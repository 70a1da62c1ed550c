/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.store;

import dev.peregrine.bench.kv.Items;
import dev.peregrine.bench.kv.KeyValues;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.store.RowMutation;
import dev.peregrine.store.RowView;
import dev.peregrine.store.Table;
import dev.peregrine.store.TableConfig;
import dev.peregrine.store.TableStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/** Our table, a row of one cell per item, with its change log and the housekeeping thread that the engine gives it. */
final class TableValues implements KeyValues {
    private static final byte[] CELL = "v".getBytes(StandardCharsets.US_ASCII);

    private final Items items;
    private final TableStore store;
    private final Table table;
    private final AgentRunner housekeeping;

    TableValues(final Items items, final Path directory) {
        this.items = items;
        store = TableStore.open(directory, FilesFacade.SYSTEM, producer -> -1);
        table = store.provision(new TableConfig("bench", items.count()));
        housekeeping = new AgentRunner(new SleepingMillisIdleStrategy(1), failure -> {
            throw new IllegalStateException("housekeeping failed", failure);
        }, null, new Agent() {
            @Override
            public int doWork() {
                return store.doHousekeeping();
            }

            @Override
            public String roleName() {
                return "bench-housekeeping";
            }
        });
        AgentRunner.startOnThread(housekeeping);
    }

    @Override
    public Client newClient() {
        return new Client() {
            private final RowView row = new RowView();
            private final RowMutation mutation = new RowMutation();

            @Override
            public boolean get(final int item) {
                return table.getRow(items.keys(), item * Items.KEY_LENGTH, Items.KEY_LENGTH, row) && row.find(CELL);
            }

            @Override
            public void put(final int item) {
                table.apply(mutation.begin(items.keys(), item * Items.KEY_LENGTH, Items.KEY_LENGTH)
                    .putBytes(CELL, items.value(), 0, Items.VALUE_LENGTH));
            }
        };
    }

    @Override
    public void close() {
        housekeeping.close();
        store.close();
    }
}
