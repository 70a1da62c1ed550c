/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.core.files.DataDirectoryLock;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.eventbus.EventBus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamCommandsTest {
    @TempDir
    private Path directory;
    private String data;
    private String out;
    private String err;

    @BeforeEach
    void name() {
        data = directory.resolve("data").toString();
    }

    /** Runs a line of words; {@code D} stands for the data directory's option. */
    private int run(final String line) {
        final String[] args = line.replace(" D", " --data-dir " + data).split(" ", -1);
        final StringWriter outText = new StringWriter();
        final StringWriter errText = new StringWriter();
        final int code = Main.execute(new PrintWriter(outText), new PrintWriter(errText), args);
        out = outText.toString();
        err = errText.toString();
        return code;
    }

    private void does(final String line) {
        assertThat(run(line)).as(err).isZero();
    }

    private void fails(final String line, final int code, final String why) {
        assertThat(run(line)).as(out + err).isEqualTo(code);
        assertThat(err).startsWith("peregrine: ").contains(why).doesNotContain("unexpectedly");
    }

    private void create(final String more) {
        does("stream create clicks --segment-length 64KiB" + more + " D");
    }

    private Path lines(final String... lines) throws IOException {
        return Files.write(directory.resolve("lines"), List.of(lines));
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "stream --help", "stream create --help", "stream list --help",
        "stream describe --help", "stream alter --help", "stream delete --help",
        "stream truncate --help", "stream end --help", "log repair --help", "publish --help", "tail --help",
        "subscription", "subscription list --help", "subscription describe --help", "subscription rewind --help",
        "subscription delete --help"})
    void shouldShowAPageThatFits(final String line) {
        does(line);
        assertThat(out).contains("Usage: peregrine ");
        assertThat(out.lines()).allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(80));
        assertThat(out.lines().count()).isBetween(8L, 40L);
    }

    @Test
    void shouldTellEveryCommand() {
        does("--help");
        assertThat(out).contains("  stream ", "  publish ", "  tail ", "  subscription ");
    }

    @Test
    void shouldCreateListDescribeAlterAndDelete() {
        create(" --partitions 2");
        does("stream list D");
        assertThat(out.lines().toList().get(1).trim().split(" +", -1)).containsExactly("clicks", "2", "os", "0");
        does("stream alter clicks --durability interval --force-interval 20 D");
        assertThat(out).contains("interval 20ms");
        does("stream describe clicks D");
        assertThat(out).contains("partitions      2", "segment-length  65536", "durability      interval 20ms");
        does("stream delete clicks D");
        does("stream list D");
        assertThat(out.lines()).hasSize(1);
    }

    @Test
    void shouldTruncateAndEnd() throws IOException {
        create(" --partitions 2");
        does("publish clicks " + lines("a", "b", "c") + " D");
        fails("stream truncate clicks --before-offset 1 D", 1, "say which with --partition");
        fails("stream truncate clicks --before-offset 1 --partition 2 D", 1, "its partitions are 0 to 1");
        does("stream truncate clicks --before-offset 1 --partition 1 D");
        assertThat(out).contains("partition 1 of stream clicks begins at record 0");
        does("stream describe clicks D");
        assertThat(out).doesNotContain("ended");
        does("stream end clicks D");
        does("stream describe clicks D");
        assertThat(out.lines()).contains("ended           yes");
        fails("publish clicks " + directory.resolve("lines") + " D", 1, "was ended");
        does("tail clicks D");
        assertThat(out.lines()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "stream create clicks D                                   | 1 | exists",
        "stream create .x D                                       | 1 | must start with",
        "stream create x --partitions 0 D                         | 1 | 1 to 1024 partitions",
        "stream create x --segment-length 1000 D                  | 1 | power of two",
        "stream create x --segment-length many D                  | 2 | no size",
        "stream create x --durability never D                     | 2 | os, interval and sync",
        "stream alter clicks --partitions 3 D                     | 1 | cannot be changed",
        "stream alter other --durability sync D                   | 1 | no stream 'other'",
        "stream describe other D                                  | 1 | no stream 'other'",
        "stream delete other D                                    | 1 | no stream 'other'",
        "stream describe clicks                                   | 2 | --data-dir",
        "stream list --data-dir /nonexistent                      | 1 | no data directory",
        "stream list --data-dir /                                 | 1 | is no data directory",
        "publish other D                                          | 1 | no stream 'other'",
        "publish clicks /nonexistent D                            | 1 | there is no file",
        "publish clicks --rate 0 D                                | 2 | above zero",
        "tail other D                                             | 1 | no stream 'other'",
        "tail clicks --last 3 --from latest D                     | 2 | --last excludes",
        "tail clicks --isolation some D                           | 2 | not visible, durable or committed",
        "tail clicks --from middle D                              | 2 | --from",
        "tail clicks --from time:noon D                           | 2 | -PT1H for an hour ago",
        "tail clicks --from offset:-1 D                           | 2 | --from",
        "tail clicks --group g --subscription s D                 | 2 | exclude each other",
        "publish clicks --json --csv D                            | 2 | exclude each other",
        "stream create x --limit client.records=5 D               | 1 | unknown key 'records'",
        "stream create x --on-exceed wait D                       | 1 | one of [refuse, block, count]",
        "stream create x --dead-letter x D                        | 1 | its own dead-letter stream",
        "stream create x --retention soon D                       | 1 | No number in duration value 'soon'",
        "stream create x --copies 3 D                             | 1 | 1 or 2 copies",
        "stream create x --copies 2 D                             | 1 | mirror-dir",
        "stream create x --compression gzip D                     | 1 | none",
        "subscription list other D                                | 1 | no stream 'other'",
        "subscription describe clicks s D                         | 1 | no subscription 's'",
        "subscription rewind clicks s --to earliest D             | 1 | no subscription 's'",
        "subscription rewind clicks s --to noon D                 | 2 | not earliest, latest, offset:N",
        "subscription rewind clicks s --to latest --partition 0 D | 2 | with a position or an offset only",
        "subscription delete clicks s D                           | 1 | no subscription 's'"})
    void shouldSayWhatIsWrongInOneLine(final String line, final int code, final String why) {
        create("");
        fails(line, code, why);
    }

    @Test
    void shouldNotMakeADirectoryThatWasMistyped() {
        fails("tail clicks D", 1, "no data directory");
        assertThat(Path.of(data)).doesNotExist();
    }

    @Test
    void shouldPublishLinesAndPrintThem() throws IOException {
        create("");
        does("publish clicks " + lines("one", "zwei \u00fc", "", "{no json}") + " D");
        assertThat(err).startsWith("published 4 record(s) into clicks: 19 bytes in ").endsWith("/s\n");
        does("tail clicks D");
        assertThat(out.lines()).containsExactly("one", "zwei \u00fc", "", "{no json}");
        does("tail clicks --limit 2 D");
        assertThat(out.lines()).hasSize(2);
        does("tail clicks --last 2 D");
        assertThat(out.lines()).containsExactly("", "{no json}");
        does("tail clicks --last 100 D");
        assertThat(out.lines()).containsExactly("one", "zwei \u00fc", "", "{no json}");
        does("tail clicks --from latest D");
        assertThat(out).isEmpty();
        does("tail clicks --isolation durable D");
        assertThat(out).as("durability os forces nothing").isEmpty();
        does("stream alter clicks --durability sync D");
        does("publish clicks " + lines("five") + " D");
        does("tail clicks --last 2 --isolation durable D");
        assertThat(out.lines()).containsExactly("{no json}", "five");
    }

    @Test
    void shouldPublishWhatComesThroughThePipeAtARate() {
        create("");
        final InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream("a\nb\n".getBytes(StandardCharsets.UTF_8)));
            does("publish clicks --rate 1k D");
        } finally {
            System.setIn(before);
        }
        does("tail clicks --follow --limit 2 D");
        assertThat(out.lines()).containsExactly("a", "b");
    }

    @Test
    void shouldKeepKeysTogetherAndPrintJson() throws IOException {
        create(" --partitions 4");
        does("publish clicks --json --key user " + lines("{\"user\":7,\"n\":1}", "{\"user\":8,\"n\":2}",
            "{\"user\":7,\"n\":3}") + " D");
        does("tail clicks --json D");
        int partition = -1;
        int seen = 0;
        for (final String line : out.lines().toList()) {
            final JsonNode record = new ObjectMapper().readTree(line);
            assertThat(record.get("payload").get("n").asInt()).isPositive();
            if (record.get("payload").get("user").asInt() == 7) {
                assertThat(partition).isIn(-1, record.get("partition").asInt());
                partition = record.get("partition").asInt();
                seen++;
            }
        }
        assertThat(seen).isEqualTo(2);
        fails("publish clicks --json " + lines("{}", "{\"a\":") + " D", 1, "line 2 is no JSON");
        assertThat(err).contains("the 1 record(s) before it");
        fails("publish clicks --json " + lines("[1]") + " D", 1, "line 1 is no JSON object");
        fails("publish clicks --json --key user " + lines("{\"a\":1}") + " D", 1, "no field 'user'");
        does("publish clicks " + lines("x".repeat(90_000)) + " D"); // longer than a segment
        does("tail clicks --from offset:1 D");
        assertThat(out).contains("x".repeat(90_000));
    }

    @Test
    void shouldSpreadLinesWithoutKeysAndPrintBytesInHexadecimal() throws IOException {
        create(" --partitions 2");
        try (EventBus bus = EventBus.open(Path.of(data, "streams"), FilesFacade.SYSTEM);
            var publisher = bus.publisher("clicks", "web")) {
            publisher.publish(0, 1, 2, 3, new UnsafeBuffer(new byte[] {0, -1}), 0, 2);
        }
        does("tail clicks D");
        assertThat(out).isEqualTo("0x00ff\n");
        does("tail clicks --json D");
        assertThat(new ObjectMapper().readTree(out).get("payloadHex").asText()).isEqualTo("00ff");
        does("publish clicks " + lines("a", "b", "c", "d") + " D");
        does("tail clicks D");
        assertThat(out.lines().filter(line -> line.length() == 1)).containsExactly("a", "c", "b", "d");
    }

    @Test
    void shouldGoOnAsASubscriptionAndRewindIt() throws IOException {
        create("");
        does("publish clicks " + lines("a", "b", "c") + " D");
        does("tail clicks --subscription s --limit 2 D");
        assertThat(out.lines()).containsExactly("a", "b");
        does("subscription describe clicks s D");
        final String[] place = out.lines().toList().get(1).trim().split(" +", -1);
        assertThat(place[2]).as("record").isEqualTo("2");
        does("subscription list clicks D");
        assertThat(out).contains("s  ", place[3]);
        does("tail clicks --subscription s D");
        assertThat(out.lines()).containsExactly("c");
        does("subscription rewind clicks s --to " + place[1] + " D");
        does("tail clicks --subscription s D");
        assertThat(out.lines()).containsExactly("c");
        fails("subscription rewind clicks s --to 3 D", 1, "no record of clicks/0 starts at position 3");
        fails("subscription rewind clicks s --to 0 --partition 1 D", 2, "no partition 1");
        does("subscription rewind clicks s --to earliest D");
        does("tail clicks --subscription s --limit 1 D");
        assertThat(out.lines()).containsExactly("a");
        does("subscription rewind clicks s --to latest D");
        does("tail clicks --subscription s D");
        assertThat(out).isEmpty();
        does("tail clicks --subscription s --from earliest D");
        assertThat(out.lines()).hasSize(3);
        does("subscription delete clicks s D");
        does("subscription list clicks D");
        assertThat(out.lines()).hasSize(1);
    }

    private Path schema(final int version, final String more) throws IOException {
        return Files.writeString(directory.resolve("bids.xml"), """
            <sbe:messageSchema xmlns:sbe="http://fixprotocol.io/2016/sbe" package="p" id="9" version="%d">
              <types>
                <composite name="messageHeader">
                  <type name="blockLength" primitiveType="uint16"/><type name="templateId" primitiveType="uint16"/>
                  <type name="schemaId" primitiveType="uint16"/><type name="version" primitiveType="uint16"/>
                </composite>
                <composite name="Price">
                  <type name="mantissa" primitiveType="int64"/>
                  <type name="exponent" primitiveType="int8" presence="constant">-2</type>
                </composite>
                <enum name="Side" encodingType="uint8">
                  <validValue name="BUY">0</validValue><validValue name="SELL">1</validValue>
                </enum>
              </types>
              <sbe:message name="Bid" id="4"><field name="side" id="1" type="Side"/>
                <field name="price" id="2" type="Price"/>%s</sbe:message>
              <sbe:message name="End" id="5"><field name="day" id="1" type="uint16"/></sbe:message>
            </sbe:messageSchema>
            """.formatted(version, more));
    }

    @Test
    void shouldPublishAndPrintBySchema() throws IOException {
        create(" --schema " + schema(0, ""));
        does("stream describe clicks D");
        assertThat(out).contains("schema id       9, version 0", "template        4 Bid", "template        5 End");
        does("publish clicks --json --template Bid --key side " + lines("{\"side\":\"SELL\",\"price\":12.30}") + " D");
        does("stream alter clicks --schema "
            + schema(1, "<field name='n' id='3' type='uint8' presence='optional' sinceVersion='1'/>") + " D");
        does("publish clicks --json --template Bid " + lines("{\"side\":\"BUY\",\"price\":4,\"n\":7}") + " D");
        does("tail clicks --json D");
        assertThat(out.lines().toList().get(0))
            .contains("\"template\":\"Bid\",\"payload\":{\"side\":\"SELL\",\"price\":12.30,\"n\":null}");
        assertThat(out.lines().toList().get(1)).contains("\"payload\":{\"side\":\"BUY\",\"price\":4.00,\"n\":7}");
        fails("publish clicks --json " + lines("{}") + " D", 1, "say which by --template, of [Bid, End]");
        fails("publish clicks --json --template Nix " + lines("{}") + " D", 1, "has no message 'Nix'");
        fails("publish clicks --json --template Bid " + lines("{\"side\":\"BUY\"}") + " D", 1,
            "line 1 is no record: Bid.price: is missing");
        fails("publish clicks --template Bid " + lines("{}") + " D", 1, "--template needs --json");
        fails("publish clicks " + lines("text") + " D", 1, "bound to schema 9 version 1");
        fails("stream alter clicks --schema " + schema(2, "<field name='m' id='3' type='int8'/>") + " D", 1,
            "Bid.n: renamed to m");
    }

    @Test
    void shouldPublishRowsOfCsvBySchema() throws IOException {
        create(" --schema " + schema(0, "<field name='n' id='3' type='uint8' presence='optional'/>"));
        does("publish clicks --csv --template Bid --key side "
            + lines("side,price,n", "SELL,12.30,7", "BUY,-4,", "1,0.5,254") + " D");
        does("tail clicks --json D");
        assertThat(out.lines().map(line -> line.replaceAll(".*\"payload\":", ""))).containsExactly(
            "{\"side\":\"SELL\",\"price\":12.30,\"n\":7}}", "{\"side\":\"BUY\",\"price\":-4.00,\"n\":null}}",
            "{\"side\":\"SELL\",\"price\":0.50,\"n\":254}}");
        fails("publish clicks --csv --template Bid " + lines("side,price", "BUY,1", "BUY,cheap") + " D", 1,
            "line 3 is no record: Bid.price: 'cheap' is no number");
        assertThat(err).contains("the 1 record(s) before it");
        fails("publish clicks --csv --template Bid " + lines("side,prize", "BUY,1") + " D", 1,
            "line 2 is no record: Bid.prize: there is no member 'prize'; there are [side, price, n]");
        fails("publish clicks --csv " + lines("side,price", "BUY,1") + " D", 1, "say which by --template");
    }

    @Test
    void shouldSayWhereAPartitionEndsAndPrintOneAlone() throws IOException {
        create(" --partitions 2");
        final String six = lines("a", "b", "c", "d", "e", "f").toString();
        does("publish clicks " + six + " D");
        does("tail clicks --partition 1 D");
        final List<String> second = out.lines().toList();
        does("tail clicks --partition 0 D");
        assertThat(out.lines().count() + second.size()).isEqualTo(6);
        assertThat(out.lines()).isNotEmpty().doesNotContainAnyElementsOf(second);
        fails("tail clicks --partition 2 D", 1, "stream clicks has no partition 2: it has 2, counted from 0");
        fails("tail clicks --partition 0 --subscription s D", 2, "excludes");
        does("tail clicks --partition 0 --from offset:77 D");
        assertThat(err).contains("partition 0 of stream clicks ends before offset:77: its next record gets offset "
            + (6 - second.size()));
        fails("tail clicks --partition 0 --from 7 D", 1, "no record of clicks/0 starts at position 7; its positions go");
        fails("tail clicks --from 999999 D", 1, "no record of clicks/0 starts at position 999999");
        does("tail clicks --partition 1 --from 0 D");
        assertThat(out.lines()).containsExactlyElementsOf(second);
        does("tail clicks --subscription s --from offset:77 D");
        assertThat(err.lines().toList()).hasSize(2).allMatch(line -> line.contains("ends before offset:77"));
        does("subscription rewind clicks s --partition 1 --to offset:78 D");
        assertThat(err).isEqualTo("peregrine: partition 1 of stream clicks ends before offset:78: its next record gets"
            + " offset " + second.size() + "\n");
        does("subscription rewind clicks s --partition 1 --to offset:" + second.size() + " D");
        assertThat(err).isEmpty();
        does("stream truncate clicks --partition 0 --before-offset 77 D");
        assertThat(out).contains("begins at record 0, and ends before " + (6 - second.size())
            + ": record 77 is not there yet");
        does("stream describe clicks D");
        assertThat(out).containsPattern("(?m)^ +1 +0 +" + second.size() + " +0 ");
    }

    @Test
    void shouldRefuseARecordWhoseKeyIsNull() throws IOException {
        create("");
        fails("publish clicks --json --key k " + lines("{\"k\":null}") + " D", 1,
            "line 1 has no field 'k' with a plain value");
    }

    @Test
    void shouldSetShowAndAlterEverySetting() {
        create(" --retention 7d --retention-bytes 10GiB --keep-unread true --limit client.hard-records=1000"
            + " --limit clients.web.soft-bytes=1MiB --on-exceed block --dead-letter dead --attempts 5"
            + " --compression zstd:7 --compaction true --damage skip --hole-timeout 250ms");
        does("stream describe clicks D");
        assertThat(out.lines()).contains("partitions      1", "retention.age   7d",
            "retention.bytes 10737418240", "retention.keep-unread true", "limits.client.hard-records 1000",
            "limits.clients.web.soft-bytes 1048576", "limits.on-exceed block", "dead-letter.stream dead",
            "dead-letter.attempts 5", "compression     zstd:7", "compaction.enabled true", "damage          skip",
            "hole-timeout    250ms");
        assertThat(out).doesNotContain("limits.stream");
        does("stream alter clicks --limit client.hard-records=5 --copies 1 D");
        assertThat(out).isEqualTo("stream clicks has now limits.client.hard-records 5\n");
        does("stream alter clicks --copies 1 D");
        assertThat(out).isEqualTo("stream clicks is as it was\n");
    }

    @Test
    void shouldSayThatALimitRefusesAndHowFarItCame() throws IOException {
        create(" --limit client.hard-bytes=1"); // a record of 500 bytes is paid off after minutes
        final String line = "x".repeat(500);
        fails("publish clicks " + lines(line, line, line) + " D", 1, "limits.client.hard-bytes = 1 per second");
        assertThat(err).contains("the 1 record(s) before it are published");
        does("stream alter clicks --on-exceed count D");
        does("publish clicks " + lines(line, line, line) + " D");
    }

    @Test
    void shouldPublishRowsOfCsv() throws IOException {
        create(" --partitions 4");
        does("publish clicks --csv --key user --header from=test " + lines("user,text", "7,\"a, \"\"b\"\"\"", "8,", "7,c")
            + " D");
        assertThat(err).startsWith("published 3 record(s)");
        does("tail clicks --headers D");
        assertThat(out.lines()).containsExactlyInAnyOrder(
            "[key=7, from:test] {\"user\":\"7\",\"text\":\"a, \\\"b\\\"\"}",
            "[key=8, from:test] {\"user\":\"8\",\"text\":\"\"}", "[key=7, from:test] {\"user\":\"7\",\"text\":\"c\"}");
        does("tail clicks --json --limit 1 D");
        final JsonNode record = new ObjectMapper().readTree(out);
        assertThat(record.get("headers").get(0).get("name").asText()).isEqualTo("from");
        assertThat(record.get("headers").get(0).get("value").asText()).isEqualTo("test");
        assertThat(record.get("key").asText()).isEqualTo(record.get("payload").get("user").asText());
        fails("publish clicks --csv " + lines("a,b", "1,2", "3") + " D", 1, "line 3 has 1 field(s), the header has 2");
        assertThat(err).contains("the 1 record(s) before it");
        fails("publish clicks --csv --key c " + lines("a,b", "1,2") + " D", 1, "no column 'c'; there are: [a, b]");
        fails("publish clicks --csv " + lines("a,b", "\"1,2") + " D", 1, "is no CSV");
        fails("publish clicks --csv " + lines("a,a", "1,2") + " D", 1, "header line");
    }

    @Test
    void shouldTailFromPlacesAndInGroups() throws IOException {
        create("");
        does("publish clicks " + lines("a", "b", "c") + " D");
        does("tail clicks --from offset:1 D");
        assertThat(out.lines()).containsExactly("b", "c");
        does("tail clicks --from time:-PT1H D");
        assertThat(out.lines()).containsExactly("a", "b", "c");
        assertThat(err).isEmpty();
        does("tail clicks --from time:2200-01-01T00:00:00Z D");
        assertThat(out).isEmpty();
        assertThat(err).contains(
            "partition 0 of stream clicks ends before time:2200-01-01T00:00:00Z: its next record gets offset 3");
        does("tail clicks --from transaction:5 D");
        assertThat(err).contains("partition 0 of stream clicks ends before transaction:5");
        does("tail clicks --group g --limit 2 D");
        assertThat(out.lines()).containsExactly("a", "b");
        does("subscription list clicks D");
        assertThat(out.lines().toList().get(1)).startsWith("g ").endsWith(" 1");
        does("tail clicks --group g D");
        assertThat(out.lines()).containsExactly("c");
        does("tail clicks --group g --from offset:2 D");
        assertThat(out.lines()).containsExactly("c");
        does("subscription rewind clicks g --to offset:1 D");
        does("tail clicks --subscription g D");
        assertThat(out.lines()).containsExactly("b", "c");
        does("subscription rewind clicks g --to time:2200-01-01T00:00:00Z D");
        assertThat(err).contains("ends before time:2200");
        does("subscription rewind clicks g --to time:-PT1H D");
        assertThat(err).isEmpty();
        does("subscription describe clicks g D");
        assertThat(out.lines().toList().get(1)).endsWith(" 3");
    }

    @Test
    void shouldLookBesideARunningWriterAndSayWhoHasTheDirectoryOtherwise() throws IOException {
        create("");
        does("publish clicks " + lines("one", "two") + " D");
        does("tail clicks --subscription audit --limit 1 D");
        try (DataDirectoryLock held = DataDirectoryLock.take(FilesFacade.SYSTEM, Path.of(data));
            EventBus bus = EventBus.open(Path.of(data, "streams"), held.files())) {
            does("stream list D");
            assertThat(out).contains("clicks");
            does("stream describe clicks D");
            assertThat(out).contains("audit");
            does("subscription list clicks D");
            assertThat(out).contains("audit");
            does("subscription describe clicks audit D");
            does("tail clicks D");
            assertThat(out).contains("one").contains("two");
            assertThat(bus.stream("clicks").partition(0).recovery().isClean()).isTrue();
            final String who = "in use by process " + ProcessHandle.current().pid();
            fails("publish clicks " + lines("three") + " D", 1, who);
            fails("tail clicks --subscription audit D", 1, who);
            fails("stream delete clicks D", 1, who);
        }
    }

    @Test
    void shouldPublishBytesAsTheyAreAndCountUpToWhatIsNoText() throws IOException {
        create("");
        final Path bytes = directory.resolve("bytes");
        Files.write(bytes, new byte[] {'a', (byte) 0xFF, (byte) 0xC3, '\n', 'b', '\n'});
        does("publish clicks " + bytes + " D");
        assertThat(err + out).contains("2");
        does("tail clicks --json --limit 10 D");
        assertThat(out.lines()).hasSize(2);
        assertThat(out).contains("61ffc3");
        fails("publish clicks " + bytes + " --json D", 1, "is not UTF-8; the 0 record(s) before are published");
    }

    @Test
    @Timeout(60)
    void shouldFollowAStreamToItsEndOnly() throws IOException {
        create(" --partitions 2");
        does("publish clicks " + lines("one", "two") + " D");
        does("stream end clicks D");
        does("tail clicks --follow D");
        assertThat(out.lines()).containsExactlyInAnyOrder("one", "two");
        does("tail clicks --follow --subscription audit D");
        assertThat(out.lines()).containsExactlyInAnyOrder("one", "two");
    }
}
