/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.Peregrine;
import dev.peregrine.app.DemoListener.Progress;
import dev.peregrine.daemon.SmallAds;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private static final int PAGE = 80;

    @TempDir
    private Path directory;
    private String data;
    private String out;
    private String err;

    @BeforeEach
    void name() {
        data = directory.resolve("data").toString();
    }

    private int run(final String... args) {
        final StringWriter outText = new StringWriter();
        final StringWriter errText = new StringWriter();
        final int code = Main.execute(new PrintWriter(outText), new PrintWriter(errText), args);
        out = outText.toString();
        err = errText.toString();
        return code;
    }

    private void shouldFailInOneLine(final String why, final String... args) {
        assertThat(run(args)).as(err).isEqualTo(1);
        assertThat(out).isEmpty();
        assertThat(err.lines().filter(line -> line.startsWith("peregrine: "))).singleElement().asString().contains(why);
        assertThat(err).doesNotContain("\tat ");
        assertThat(err.lines().reduce((a, b) -> b)).as("the last line").hasValueSatisfying(
            line -> assertThat(line).startsWith("peregrine: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--help", "help", "demo --help", "help demo", "run --help", "help run", "topology --help"})
    void shouldShowAPageThatFits(final String args) {
        assertThat(run(args.isEmpty() ? new String[0] : args.split(" ", -1))).isZero();
        assertThat(err).isEmpty();
        assertThat(out).contains("Usage: peregrine");
        assertThat(out.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(PAGE));
        assertThat(out.lines().count()).isBetween(10L, 40L);
    }

    @Test
    void shouldSummariseEveryTopologyCommandInWholeSentences() {
        run("topology", "--help");
        final String commands = out.substring(out.indexOf("Commands:"), out.indexOf("Example"));
        final String[] summaries = commands.split("\\n  (?=[a-z])", -1);
        assertThat(summaries).hasSizeGreaterThan(10);
        assertThat(Stream.of(summaries).skip(1)).allSatisfy(summary -> assertThat(summary.strip()).endsWith("."));
    }

    @Test
    void shouldNameEveryCommandAndExitCode() {
        run("--help");
        assertThat(out).contains("  demo ", "  run ", "  bench ", "Examples:", "Exit codes: 0 ");
    }

    @Test
    void shouldPlanWithoutStartingAnything() throws Exception {
        final Path file = SmallAds.write(directory, 30);
        assertThat(run("topology", "plan", file.toString())).as(err).isZero();
        assertThat(out).startsWith("topology ads: ").contains("edge ", "an event costs: ", "memory in all: ");
        assertThat(directory.resolve("data")).doesNotExist();
        Files.writeString(file, Files.readString(file).replace("AdsTopology\"", "AdsTopology\", memory-budget = 8MiB"));
        assertThat(run("topology", "plan", file.toString())).as(err).isZero();
        assertThat(out).contains("of a budget of 8.0 MiB");
        shouldFailInOneLine("does not exist", "topology", "plan", directory.resolve("none.conf").toString());
        Files.writeString(file, Files.readString(file).replace("streams.impressions", "streams.expressions"));
        shouldFailInOneLine("'impressions', which is neither configured nor in", "topology", "plan", file.toString());
        Files.writeString(file, Files.readString(file).replace("AdsTopology", "AdsTypology"));
        shouldFailInOneLine("AdsTypology cannot be used", "topology", "plan", file.toString());
        assertThat(run("topology")).isZero();
        assertThat(out).contains("plan");
    }

    @Test
    void shouldListTheCommandsOfStreamsInOrder() {
        run("stream", "--help");
        final List<String> names = out.substring(out.indexOf("Commands:")).lines().skip(1)
            .filter(line -> line.matches("  [a-z].*")).map(line -> line.trim().split(" ", 2)[0]).toList();
        assertThat(names).contains("create", "end").isSorted();
    }

    @Test
    void shouldTellItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out).startsWith("peregrine ").contains("Java " + Runtime.version());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "demo --evnts 3         | --events                      | peregrine demo --help",
        "demo --events 0        | must be above zero            | peregrine demo --help",
        "demo --events -5       | must be above zero            | peregrine demo --help",
        "demo --events ten      | no whole number               | peregrine demo --help",
        "demo --events 1.5      | no whole number               | peregrine demo --help",
        "demo --events 1e30     | no whole number               | peregrine demo --help",
        "demo --rate fast       | no whole number               | peregrine demo --help",
        "demo --rate 0          | must be above zero            | peregrine demo --help",
        "demo --threads -1      | below zero                    | peregrine demo --help",
        "demo --threads x       | --threads                     | peregrine demo --help",
        "demo --input           | --input                       | peregrine demo --help",
        "demo crest             | there is no demo 'crest'      | peregrine demo --help",
        "demo ads more          | more                          | peregrine demo --help",
        "run                    | CONFIG                        | peregrine run --help",
        "run a b                | b                             | peregrine run --help",
        "log repair d           | peregrine: Missing required   | peregrine log repair --help",
        "publish --header x s   | peregrine: Value for option '--header' | peregrine publish --help",
        "demos                  | demo                          | peregrine --help",
        "--verbose              | --verbose                     | peregrine --help"})
    void shouldRefuseWrongUsage(final String args, final String why, final String help) {
        assertThat(run(args.split(" ", -1))).isEqualTo(2);
        assertThat(out).isEmpty();
        assertThat(err).startsWith("peregrine: ").contains(why).endsWith("Try '" + help + "'.\n");
        assertThat(err.lines().count()).isLessThanOrEqualTo(3);
    }

    @Test
    void shouldPrintNothingButJsonToStdoutAndResume() throws IOException {
        final Path export = directory.resolve("counts.csv");
        assertThat(run("demo", "--events", "20k", "--data-dir", data, "--json")).as(err).isZero();
        JsonNode report = new ObjectMapper().readTree(out);
        assertThat(report.get("events").asLong()).isEqualTo(20_000);
        assertThat(report.get("resumedFrom").asLong()).isZero();
        assertThat(run("demo", "ads", "--events", "30_000", "--data-dir", data, "--json", "--export", export.toString()))
            .as(err).isZero();
        report = new ObjectMapper().readTree(out);
        assertThat(report.get("events").asLong()).isEqualTo(30_000);
        assertThat(report.get("resumedFrom").asLong()).isEqualTo(20_000);
        assertThat(report.get("dataDir").asText()).isEqualTo(data);
        assertThat(report.get("ads")).hasSize(10);
        assertThat(report.get("latencyMicros").fieldNames()).toIterable().containsExactly("p50", "p99", "p999", "max");
        final List<String> lines = Files.readAllLines(export);
        assertThat(lines.get(0)).isEqualTo("ad,impressions,clicks,spend_micros");
        assertThat(lines.stream().skip(1).mapToLong(line -> Long.parseLong(line.split(",", -1)[1])).sum())
            .isEqualTo(30_000);
        assertThat(err).contains("100%  30,000 events").doesNotContain("\r", "\u001b");
    }

    @Test
    void shouldPrintAReportForPeople() {
        assertThat(run("demo", "--events", "20k", "--data-dir", data, "--rate", "1M")).as(err).isZero();
        assertThat(out).contains("Top ads", "events              20,000, of them 20,000", data, "the same command");
    }

    @Test
    void shouldRefuseADataDirectoryThatCannotBeMade() throws IOException {
        final Path file = Files.createFile(directory.resolve("file"));
        shouldFailInOneLine("cannot write to data directory", "demo", "--events", "10", "--data-dir", file + "/d");
    }

    @Test
    void shouldRefuseADataDirectoryInUse() {
        try (Peregrine engine = Peregrine.open(Path.of(data))) {
            assertThat(engine.health().ok()).isTrue();
            shouldFailInOneLine("is in use by process", "demo", "--events", "10", "--data-dir", data);
        }
    }

    @Test
    void shouldRefuseACorruptSegment() throws IOException {
        assertThat(run("demo", "--events", "20k", "--data-dir", data)).as(err).isZero();
        final Path segment = Path.of(data, "streams/impressions/partition-0/00000000000000000000.seg");
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(100_000);
            file.write("garbage".repeat(20).getBytes(StandardCharsets.US_ASCII));
        }
        shouldFailInOneLine(segment.getFileName().toString(), "demo", "--events", "30k", "--data-dir", data);
    }

    @Test
    void shouldRefuseInputThatIsNone() throws IOException {
        shouldFailInOneLine("holds none of", "demo", "--input", directory.toString(), "--data-dir", data);
        Files.writeString(directory.resolve("bts-men.csv"), "a,b\n1,2\n");
        shouldFailInOneLine("has no column 'timestamp'", "demo", "--input", directory.toString(), "--data-dir", data);
    }

    @Test
    void shouldRefuseAnExportThatCannotBeWrittenBeforeItRuns() {
        shouldFailInOneLine("--export", "demo", "--export", directory.toString(), "--data-dir", data);
        shouldFailInOneLine("--export", "demo", "--export", directory.resolve("no/c.csv").toString(), "--data-dir", data);
        assertThat(Path.of(data)).doesNotExist();
    }

    @Test
    void shouldRefuseABadConfigFile() throws IOException {
        final Path file = directory.resolve("bad.conf");
        Files.writeString(file, "peregrine {\n  data-dir = \"" + data + "\"\n  tabels.a {}\n}\n");
        shouldFailInOneLine("bad.conf: 3", "run", file.toString());
        assertThat(err).contains("tables");
    }

    @Test
    void shouldSayWhereOnlyWhenAsked() {
        assertThat(run("run", data, "--stacktrace")).isEqualTo(1);
        assertThat(err).contains("ConfigurationException", "\tat ");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "10_000_000,10000000", "10M,10000000", "500k,500000", "1.5K,1500", "2g,2000000000"})
    void shouldReadNumbersAsPeopleWriteThem(final String text, final long value) {
        assertThat(new Amount().convert(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 40, 80, 110, 111, 130, 300})
    void shouldFitTheTerminal(final int columns) {
        final StringWriter text = new StringWriter();
        try (ProgressLine line = new ProgressLine(new PrintWriter(text), columns)) {
            line.progress(new Progress(5_000_000, 10_000_000, 6_000_000, 1_000, 500, 9_000));
            line.progress(new Progress(9_999_999, 10_000_000, 6_000_000, 1_000, 500, 9_000));
            line.message("a message");
        }
        final String[] lines = text.toString().replace("\u001b[K", "").split("[\r\n]+", -1);
        assertThat(lines[1].length()).isLessThan(columns);
        assertThat(lines[3]).isEqualTo("a message");
        if (columns > 130) {
            assertThat(lines[1]).isEqualTo("[############............]  50%  5,000,000 events  6,000,000/s"
                + "  lag 1,000 events  event to queryable p50 500 us p99 9,000 us");
            assertThat(lines[2]).as("not done until it is").contains(" 99%");
        }
    }
}
