/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.Peregrine;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.Table;
import dev.peregrine.store.TableConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RespProtocolTest {
    @TempDir
    private static Path directory;
    private static Peregrine engine;

    @BeforeAll
    static void open() {
        engine = Peregrine.open(directory);
        engine.provisionCache(new CacheConfig("ad", 8 << 20));
        engine.provisionTable(TableConfig.of("empty"));
        final Table table = engine.provisionTable(TableConfig.of("ad"));
        table.put("men/1", "clicks", 7);
        table.put("men/1", "name", "tie".getBytes(StandardCharsets.UTF_8));
        table.put("women/2", "clicks", -3);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static EmbeddedChannel connect() {
        final EmbeddedChannel channel = new EmbeddedChannel();
        RespListener.addHandlers(channel.pipeline(), new RespCommands(engine));
        return channel;
    }

    private static void send(final EmbeddedChannel channel, final String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private static String received(final EmbeddedChannel channel) {
        final StringBuilder text = new StringBuilder();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            text.append(next.toString(StandardCharsets.ISO_8859_1));
            next.release();
        }
        channel.checkException();
        return text.toString();
    }

    private static String array(final String words) {
        final StringBuilder text = new StringBuilder();
        final String[] split = words.split(" ", -1);
        text.append('*').append(split.length).append("\r\n");
        for (final String word : split) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "PING                        | +PONG~",
        "ping                        | +PONG~",
        "PING hello                  | $5~hello~",
        "ECHO hello                  | $5~hello~",
        "SELECT 0                    | +OK~",
        "SELECT 1                    | -ERR DB index is out of range~",
        "COMMAND DOCS                | *0~",
        "COMMAND COUNT               | :21~",
        "CONFIG GET save             | *2~$4~save~$0~~",
        "CONFIG GET appendonly       | *2~$10~appendonly~$2~no~",
        "CONFIG GET maxmemory        | *0~",
        "CLIENT SETINFO LIB-NAME x   | +OK~",
        "CLIENT GETNAME              | $-1~",
        "GET ad:men/1                | $25~{\"clicks\":7,\"name\":\"tie\"}~",
        "GET ad:men/9                | $-1~",
        "GET nocolon                 | $-1~",
        "GET other:men/1             | $-1~",
        "MGET ad:men/9 ad:women/2    | *2~$-1~$13~{\"clicks\":-3}~",
        "HGET ad:men/1 clicks        | $1~7~",
        "HGET ad:men/1 nothing       | $-1~",
        "HGETALL ad:men/1            | *4~$6~clicks~$1~7~$4~name~$3~tie~",
        "HGETALL ad:men/9            | *0~",
        "HMGET ad:men/1 name x       | *2~$3~tie~$-1~",
        "HMGET ad:men/9 name         | *1~$-1~",
        "HKEYS ad:women/2            | *1~$6~clicks~",
        "HVALS ad:women/2            | *1~$2~-3~",
        "HLEN ad:men/1               | :2~",
        "HEXISTS ad:men/1 name       | :1~",
        "HEXISTS ad:men/1 no         | :0~",
        "EXISTS ad:men/1 ad:x ad:men/1 | :2~",
        "TYPE ad:men/1               | +hash~",
        "TYPE ad:x                   | +none~",
        "TTL ad:men/1                | :-1~",
        "TTL ad:x                    | :-2~",
        "DBSIZE                      | :2~",
        "KEYS ad:men*                | *1~$8~ad:men/1~",
        "KEYS *:women/?              | *1~$10~ad:women/2~",
        "KEYS empty:*                | *0~",
        "SCAN 0 MATCH ad:m* COUNT 10 | *2~$1~0~*1~$8~ad:men/1~",
        "SCAN 0 TYPE string          | *2~$1~0~*0~",
        "SCAN 7                      | -ERR invalid cursor~",
        "SCAN 0 MATCH                | -ERR syntax error~",
        "HGET ad:men/1               | -ERR wrong number of arguments for 'hget' command~",
        "SET a b                     | -READONLY this port is read-only; publish events to change results~",
        "HELLO 3                     | -NOPROTO unsupported protocol version; Peregrine speaks RESP2~",
        "QUIT                        | +OK~",
    })
    void shouldAnswer(final String command, final String reply) {
        final EmbeddedChannel channel = connect();
        send(channel, array(command));
        assertThat(received(channel)).isEqualTo(reply.replace("~", "\r\n"));
        assertThat(channel.isOpen()).isEqualTo(!"QUIT".equals(command));
        final EmbeddedChannel inline = connect();
        send(inline, command + "\r\n");
        assertThat(received(inline)).as("inline").isEqualTo(reply.replace("~", "\r\n"));
        channel.finishAndReleaseAll();
        inline.finishAndReleaseAll();
    }

    @Test
    void shouldNameWhatItAnswersWhenACommandIsUnknown() {
        final EmbeddedChannel channel = connect();
        send(channel, array("LO\u0001LWUT"));
        assertThat(received(channel)).startsWith("-ERR unknown command 'LO?LWUT'").contains("HGETALL").endsWith("\r\n");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void shouldDescribeItself() {
        final EmbeddedChannel channel = connect();
        send(channel, array("INFO") + array("HELLO 2"));
        assertThat(received(channel)).contains("data_dir:" + directory).contains("ad:keys=2").contains("proto");
    }

    @Test
    void shouldAnswerAPipelineInOrderHoweverItIsCut() {
        final String requests = array("ECHO one") + "PING\r\n" + array("HLEN ad:men/1") + "\r\n" + array("ECHO two");
        final String replies = "$3\r\none\r\n+PONG\r\n:2\r\n$3\r\ntwo\r\n";
        for (int cut = 0; cut <= requests.length(); cut++) {
            final EmbeddedChannel channel = connect();
            send(channel, requests.substring(0, cut));
            send(channel, requests.substring(cut));
            assertThat(received(channel)).as("cut at %d", cut).isEqualTo(replies);
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void shouldNotAnswerBehindQuit() {
        final EmbeddedChannel channel = connect();
        send(channel, array("PING") + array("QUIT") + array("PING"));
        assertThat(received(channel)).isEqualTo("+PONG\r\n+OK\r\n");
        assertThat(channel.isOpen()).isFalse();
    }

    static Stream<String> hostile() {
        return Stream.of("*1\r\n$70000\r\n", "*1\r\n$-1\r\n", "*-1\r\n", "*1\r\n*1\r\n*1\r\n", "*2000\r\n",
            "*99999999999999999999\r\n", "*1\r\n$99999999999999999999\r\n", "*x\r\n", "*1\r\n$1x\r\n", "*1\r\n:5\r\n",
            "$3\r\nfoo\r\n", "+OK\r\n", ":1\r\n", "*1\n", "*1\r\n$3\r\nfooXY", "*1\r\nPING\r\n", "x".repeat(70_000),
            "*4\r\n" + ("$60000\r\n" + "y".repeat(60_000) + "\r\n").repeat(3), "*\r\n", "*1\r\n$\r\n",
            "*" + "0".repeat(100) + "1\r\n");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void shouldRefuseAndClose(final String bytes) {
        final EmbeddedChannel channel = connect();
        send(channel, bytes);
        assertThat(received(channel)).startsWith("-ERR Protocol error").endsWith("\r\n");
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldTakeTheLongestRequestsThatAreAllowed() {
        final EmbeddedChannel channel = connect();
        final String word = "w".repeat(RequestLimit.MAX_BULK);
        send(channel, array("ECHO " + word));
        assertThat(received(channel)).isEqualTo("$" + word.length() + "\r\n" + word + "\r\n");
        send(channel, array("HMGET ad:men/1" + " x".repeat(RequestLimit.MAX_ARRAY - 2)));
        assertThat(received(channel)).startsWith("*" + (RequestLimit.MAX_ARRAY - 2) + "\r\n$-1");
        channel.finishAndReleaseAll();
    }

    /** Holds what is flushed, as a full socket does. */
    private static final class FullSocket extends ChannelOutboundHandlerAdapter {
        private boolean full = true;

        @Override
        public void flush(final ChannelHandlerContext context) throws Exception {
            if (!full) {
                super.flush(context);
            }
        }
    }

    @Test
    void shouldHoldRequestsOfAClientThatDoesNotRead() {
        final int requests = 5_000;
        final FullSocket socket = new FullSocket();
        final EmbeddedChannel channel = new EmbeddedChannel(socket);
        RespListener.addHandlers(channel.pipeline(), new RespCommands(engine));
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(512, 1_024));
        final StringBuilder all = new StringBuilder();
        final StringBuilder replies = new StringBuilder();
        for (int i = 10_000; i < 10_000 + requests; i++) {
            all.append(array("ECHO " + i));
            replies.append("$5\r\n").append(i).append("\r\n");
        }
        send(channel, all.toString());
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(channel.unsafe().outboundBuffer().totalPendingWriteBytes()).isBetween(1_024L, 2_048L);

        socket.full = false;
        final StringBuilder text = new StringBuilder();
        channel.flush();
        do {
            text.append(received(channel));
            channel.runPendingTasks();
        } while (!channel.outboundMessages().isEmpty());
        assertThat(text).hasToString(replies.toString());
        assertThat(channel.config().isAutoRead()).isTrue();
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @CsvSource({"*,,true", "a*c,abbc,true", "a*c,abbd,false", "a?c,abc,true", "a?c,ac,false", "a\\*,a*,true",
        "a\\*,ab,false", "**a,bba,true", "a,ab,false", "*ab*ab,ababab,true"})
    void shouldMatchPatterns(final String pattern, final String text, final boolean matches) {
        assertThat(RespKeys.glob(pattern, text == null ? "" : text)).isEqualTo(matches);
    }
}
