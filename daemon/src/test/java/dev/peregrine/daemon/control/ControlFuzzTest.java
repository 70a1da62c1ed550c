/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.daemon.FuzzedConnection;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The control socket under bytes that no client of ours sends. */
class ControlFuzzTest {
    private static final int CONNECTIONS = 5_000;
    private static final int MOST_HELD = 512 << 10;

    private static FuzzedConnection connection() {
        return new FuzzedConnection(pipeline -> ControlListener.addHandlers(pipeline, call -> {
            assertThat(call.request()).isNotNull();
            if ("break".equals(call.request().command())) {
                throw new IllegalStateException("broken");
            }
            return ControlReply.done("command " + call.request().command());
        }, Runnable::run));
    }

    private static String answer(final String line) {
        final FuzzedConnection connection = connection();
        connection.send(new Random(1), line.getBytes(StandardCharsets.UTF_8));
        assertThat(connection.isOpen()).as(line).isFalse();
        assertThat(connection.close()).isZero();
        return connection.received();
    }

    @Test
    void shouldAnswerOrWaitWhateverIsSent() {
        final long seed = System.nanoTime();
        int done = 0;
        int refused = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            final Random random = new Random(seed + i);
            final FuzzedConnection connection = connection();
            connection.send(random, FuzzedConnection.mutate(random, "{\"command\":\"list\"}\n",
                "{\"command\":\"update\",\"topology\":\"a\",\"parallelism\":{\"count\":2},\"dryRun\":true}\n",
                "\n", "null\n", "[1,2]\n", "{\"command\":\"submit\",\"config\":\"{\\\"class\\\":1}\"}\r\n"));
            if (connection.isOpen()) {
                assertThat(connection.received()).as("seed %d", seed + i).isEmpty();
            } else {
                assertThat(connection.received()).as("seed %d", seed + i).startsWith("{\"ok\":").endsWith("}\n");
                done += connection.received().startsWith("{\"ok\":true") ? 1 : 0;
                refused += connection.received().startsWith("{\"ok\":false") ? 1 : 0;
            }
            assertThat(connection.mostHeld()).as("seed %d", seed + i).isLessThan(MOST_HELD);
            assertThat(connection.close()).as("seed %d", seed + i).isZero();
        }
        assertThat(done).isGreaterThan(CONNECTIONS / 20);
        assertThat(refused).isGreaterThan(CONNECTIONS / 20);
    }

    @Test
    void shouldHoldLittleOfARequestThatNeverEnds() {
        for (final String piece : new String[] {"x", "{\"command\":", "[", "{\"a\":"}) {
            final FuzzedConnection connection = connection();
            connection.send(new Random(1), piece.repeat((1 << 20) / piece.length()).getBytes(StandardCharsets.UTF_8));
            assertThat(connection.isOpen()).as(piece).isFalse();
            assertThat(connection.received()).as(piece).contains("at most 65536 bytes");
            assertThat(connection.mostHeld()).as(piece).isLessThan(MOST_HELD);
            assertThat(connection.close()).as(piece).isZero();
        }
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertThat(answer("{\"command\":\"list\",\"colour\":1}\n")).contains("\"ok\":false", "colour");
        assertThat(answer("{\"command\":\"list\"} more\n")).contains("\"ok\":false", "this is no request");
        assertThat(answer("[".repeat(60_000) + "\n")).contains("\"ok\":false", "this is no request");
        assertThat(answer("null\n")).contains("this is no request: null");
        assertThat(answer("{\"command\":\"break\"}\n"))
            .contains("failed unexpectedly: java.lang.IllegalStateException: broken");
        assertThat(answer("{\"command\":\"list\"}\n{\"command\":\"kill\"}\n")).contains("command list")
            .doesNotContain("kill");
    }
}
