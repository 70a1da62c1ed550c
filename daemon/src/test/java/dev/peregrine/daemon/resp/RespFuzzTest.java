/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.Peregrine;
import dev.peregrine.daemon.FuzzedConnection;
import dev.peregrine.store.TableConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Garbage and nearly valid requests: answered or refused, never thrown further, never held without bound. */
class RespFuzzTest {
    private static final int CONNECTIONS = 20_000;
    private static final int MOST_HELD = 512 << 10;

    @TempDir
    private Path directory;

    @Test
    void shouldAnswerOrCloseWhateverIsSent() {
        final long seed = System.nanoTime();
        int closed = 0;
        int answered = 0;
        try (Peregrine engine = Peregrine.open(directory)) {
            engine.provisionTable(TableConfig.of("ad")).put("men/1", "clicks", 7);
            for (int i = 0; i < CONNECTIONS; i++) {
                final Random random = new Random(seed + i);
                final FuzzedConnection connection = new FuzzedConnection(
                    pipeline -> RespListener.addHandlers(pipeline, new RespCommands(engine)));
                connection.send(random, FuzzedConnection.mutate(random, "PING\r\n",
                    "*2\r\n$7\r\nHGETALL\r\n$8\r\nad:men/1\r\n", "*1\r\n$4\r\nINFO\r\n",
                    "*3\r\n$5\r\nHMGET\r\n$8\r\nad:men/1\r\n$6\r\nclicks\r\n", "*2\r\n$4\r\nKEYS\r\n$1\r\n*\r\n",
                    "*2\r\n$4\r\nSCAN\r\n$1\r\n0\r\n", "SET a b\r\n", "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"));
                if (!connection.isOpen()) {
                    closed++;
                    assertThat(connection.received()).as("seed %d", seed + i).contains("-ERR Protocol error");
                } else if (!connection.received().isEmpty()) {
                    answered++;
                    assertThat(connection.received()).as("seed %d", seed + i).endsWith("\r\n");
                }
                assertThat(connection.mostHeld()).as("seed %d", seed + i).isLessThan(MOST_HELD);
                assertThat(connection.close()).as("seed %d", seed + i).isZero();
            }
        }
        assertThat(closed).isGreaterThan(CONNECTIONS / 20);
        assertThat(answered).isGreaterThan(CONNECTIONS / 20);
    }

    @Test
    void shouldHoldLittleOfARequestThatNeverEnds() {
        final Random random = new Random(1);
        final String[] endless = {"x", "*1024\r\n$65536\r\n",
            "*1024\r\n", "$65536\r\n", "\r\n", "PING ", "*1\r\n$3\r\nfoo\r\n"};
        try (Peregrine engine = Peregrine.open(directory)) {
            for (final String piece : endless) {
                final FuzzedConnection connection = new FuzzedConnection(
                    pipeline -> RespListener.addHandlers(pipeline, new RespCommands(engine)));
                final byte[] bytes = piece.repeat((1 << 20) / piece.length()).getBytes(StandardCharsets.US_ASCII);
                connection.send(random, bytes);
                assertThat(connection.mostHeld()).as(piece).isLessThan(MOST_HELD);
                assertThat(connection.close()).as(piece).isZero();
            }
        }
    }
}
