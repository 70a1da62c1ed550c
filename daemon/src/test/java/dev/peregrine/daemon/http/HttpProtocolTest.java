/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.daemon.FuzzedConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpProtocolTest {
    private static final int CONNECTIONS = 20_000;
    private static final int MOST_HELD = 512 << 10;

    private static String ask(final Supplier<String> metrics, final List<String> problems, final String request) {
        final EmbeddedChannel channel = new EmbeddedChannel();
        HttpListener.addHandlers(channel.pipeline(), metrics, () -> problems);
        channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
        final StringBuilder text = new StringBuilder();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            text.append(next.toString(StandardCharsets.UTF_8));
            next.release();
        }
        channel.checkException();
        text.append(channel.isOpen() ? "" : "[closed]");
        channel.finishAndReleaseAll();
        return text.toString();
    }

    private static String metrics() {
        return "up 1\n";
    }

    private static String ask(final String request) {
        return ask(HttpProtocolTest::metrics, List.of(), request);
    }

    @ParameterizedTest
    @CsvSource({
        "GET /metrics HTTP/1.1,200,text/plain; version=0.0.4",
        "GET /metrics?x=1 HTTP/1.1,200,text/plain; version=0.0.4",
        "GET /healthz HTTP/1.1,200,application/json",
        "GET / HTTP/1.1,200,text/plain",
        "GET /nothing HTTP/1.1,404,text/plain",
        "GET /metrics/ HTTP/1.1,404,text/plain",
        "POST /metrics HTTP/1.1,405,text/plain",
        "DELETE / HTTP/1.1,405,text/plain"})
    void shouldAnswer(final String line, final int status, final String type) {
        assertThat(ask(line + "\r\n\r\n")).startsWith("HTTP/1.1 " + status + " ").contains("content-type: " + type)
            .doesNotContain("[closed]");
    }

    @Test
    void shouldAnswerHeadWithoutABody() {
        assertThat(ask("HEAD /healthz HTTP/1.1\r\n\r\n")).contains("content-length: 16").endsWith("\r\n\r\n");
    }

    @Test
    void shouldSayWhatIsAllowed() {
        assertThat(ask("PUT / HTTP/1.1\r\n\r\n")).contains("allow: GET, HEAD");
    }

    @Test
    void shouldTellProblems() {
        assertThat(ask(HttpProtocolTest::metrics, List.of("topology \"a\" has stopped"), "GET /healthz HTTP/1.1\r\n\r\n"))
            .startsWith("HTTP/1.1 503 ")
            .endsWith("{\"status\":\"failing\",\"problems\":[\"topology \\\"a\\\" has stopped\"]}\n");
    }

    @Test
    void shouldAnswerWhenAPageCannotBeMade() {
        assertThat(ask(() -> {
            throw new IllegalStateException("the engine is closed");
        }, List.of(), "GET /metrics HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 500 ").contains("the engine is closed");
    }

    @Test
    void shouldCloseForClientsThatAskForIt() {
        assertThat(ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200 ").endsWith("[closed]");
        assertThat(ask("GET / HTTP/1.0\r\n\r\n")).endsWith("[closed]");
    }

    @Test
    void shouldRefuseWhatIsTooLong() {
        assertThat(ask("GET /" + "a".repeat(5_000) + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 414 ").endsWith("[closed]");
        assertThat(ask("GET / HTTP/1.1\r\nX: " + "a".repeat(9_000) + "\r\n\r\n"))
            .startsWith("HTTP/1.1 431 ").endsWith("[closed]");
        assertThat(ask("POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\n")).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void shouldAnswerAPipelineInOrder() {
        final String text = ask("GET /nothing HTTP/1.1\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n");
        assertThat(text.indexOf("404")).isBetween(0, text.indexOf("up 1"));
    }

    @Test
    void shouldAnswerOrCloseWhateverIsSent() {
        final long seed = System.nanoTime();
        int answered = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            final Random random = new Random(seed + i);
            final FuzzedConnection connection =
                new FuzzedConnection(pipeline -> HttpListener.addHandlers(pipeline, HttpProtocolTest::metrics, List::of));
            connection.send(random, FuzzedConnection.mutate(random, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /healthz HTTP/1.0\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                "PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 70000\r\n\r\n"));
            if (!connection.received().isEmpty()) {
                answered++;
                assertThat(connection.received()).as("seed %d", seed + i).startsWith("HTTP/1.1 ");
            }
            assertThat(connection.mostHeld()).as("seed %d", seed + i).isLessThan(MOST_HELD);
            assertThat(connection.close()).as("seed %d", seed + i).isZero();
        }
        assertThat(answered).isGreaterThan(CONNECTIONS / 4);
    }
}
