/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.core.jvm.JvmFlags;
import dev.peregrine.core.testing.ChildJvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is really killed between and within puts. */
class TableProcessDeathTest {
    private static final int ROWS = 100;
    private static final int ROUNDS = 2;
    private static final int PUTS_PER_ROUND = 800;

    @TempDir
    private Path directory;

    /** Puts numbers from a first one on, and says each when its put has returned. */
    static final class Writer {
        private Writer() {
        }

        public static void main(final String[] arguments) {
            try (TableStore store = open(Path.of(arguments[0]))) {
                final Table table = store.provision(TableConfig.of("t"));
                final byte[] lkey = {'n'};
                final byte[] twin = {'t', 'w', 'i', 'n'};
                final RowMutation mutation = new RowMutation();
                for (long number = Long.parseLong(arguments[1]);; number++) {
                    table.apply(mutation.begin("row" + number % ROWS).putLong(lkey, number).putLong(twin, number));
                    System.out.println(number);
                }
            }
        }
    }

    private static TableStore open(final Path directory) {
        return TableStore.open(directory, FilesFacade.SYSTEM, producer -> -1);
    }

    @Test
    void shouldHoldAllThatWasAcknowledgedAndNothingElse() throws Exception {
        long next = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long acknowledged = -1;
            try (ChildJvm writer = ChildJvm.start(Writer.class,
                JvmFlags.forRelease(Runtime.version().feature()), directory.toString(), Long.toString(next))) {
                for (int i = 0; i < PUTS_PER_ROUND; i++) {
                    acknowledged = Long.parseLong(writer.readLine());
                }
                writer.kill();
                for (final String line : writer.readAll()) {
                    acknowledged = line.isEmpty() ? acknowledged : Math.max(acknowledged, parse(line, acknowledged));
                }
            }
            next = assertHoldsNumbersUpTo(acknowledged) + 1;
        }
    }

    /** The last line may be cut by the kill. */
    private static long parse(final String line, final long last) {
        final long number = Long.parseLong(line);
        return number == last + 1 ? number : last;
    }

    /** Returns the last number that is there: the last acknowledged, or the one that was being put. */
    private long assertHoldsNumbersUpTo(final long acknowledged) {
        try (TableStore store = open(directory)) {
            final Table table = store.table("t");
            final long inFlight = acknowledged + 1;
            final boolean arrived = table.getLong("row" + inFlight % ROWS, "n", -1) == inFlight;
            final long last = arrived ? inFlight : acknowledged;
            assertThat(table.rowCount()).isEqualTo(ROWS);
            for (long number = last; number > last - ROWS; number--) {
                assertThat(table.getLong("row" + number % ROWS, "n", -1)).isEqualTo(number);
                assertThat(table.getLong("row" + number % ROWS, "twin", -1)).isEqualTo(number);
            }
            return last;
        }
    }
}
