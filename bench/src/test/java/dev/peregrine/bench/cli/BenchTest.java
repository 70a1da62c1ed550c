/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int bench(final String... arguments) {
        return new CommandLine(new Bench(Effort.inProcess()))
            .setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }

    @Test
    void shouldPrintEveryFieldOfEveryRingFigure() throws Exception {
        final int code = bench("ring", "--peers", "--json", "--data-dir", directory.toString());

        final JsonNode rows = new ObjectMapper().readTree(out.toString());
        assertThat(code).as(out.toString()).isZero();
        assertThat(rows).hasSize(10);
        for (final JsonNode row : rows) {
            assertThat(row.fieldNames()).toIterable().contains("name", "params", "score", "unit", "p50", "p99", "p999",
                "allocBytesPerOp", "peer");
            assertThat(row.get("name").asText()).startsWith("ring.");
            assertThat(row.get("params").get("bytes").asText()).isEqualTo("64");
            assertThat(row.get("score").asDouble()).isPositive();
            assertThat(row.get("allocBytesPerOp").isNumber()).isTrue();
            final boolean latency = "ring.latency".equals(row.get("name").asText());
            assertThat(row.get("unit").asText()).isEqualTo(latency ? "us" : "ops/s");
            assertThat(row.get("p50").isNumber()).isEqualTo(latency);
            assertThat(row.get("p999").isNumber()).isEqualTo(latency);
        }
        assertThat(rows.get(0).get("peer").isNull()).isTrue();
        assertThat(rows.get(1).get("peer").asText()).startsWith("disruptor 4");
    }

    @Test
    void shouldLeaveNothingBehindInTheDataDirectory() throws Exception {
        final int code = bench("log", "--json", "--figure", "log.latency", "--figure", "log.catch-up", "--data-dir",
            directory.toString());

        assertThat(code).as(out.toString()).isZero();
        final JsonNode rows = new ObjectMapper().readTree(out.toString());
        assertThat(rows).hasSize(5);
        assertThat(rows.get(4).get("catchUp").asDouble()).isPositive();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldSayWhyAFigureFailedAndPutItInARow() {
        final Figure figure = new Figure("ring.hop", "RingHop.hop",
            Map.of("subject", "no-such-ring", "bytes", "64", "batch", "1"), 1, "no-such-ring 0");

        final BenchRow row = new FigureRunner(Effort.inProcess(), directory).run(figure);

        assertThat(row.score()).isNull();
        assertThat(row.peer()).isEqualTo("no-such-ring 0");
        assertThat(row.error()).contains("IllegalArgumentException").contains("no such ring: no-such-ring");
    }

    @Test
    void shouldNameTheAreasWhenAskedForAnother() {
        assertThat(bench("disk")).isEqualTo(2);
        assertThat(err.toString()).contains("no area 'disk'")
            .contains("log, ring, operators, topology, scaling, store, cache, pipeline");
    }

    @Test
    void shouldRefuseAFigureThatIsNotThere() {
        assertThat(bench("log", "--figure", "log.nothing")).isEqualTo(2);
        assertThat(err.toString()).contains("log.nothing");
    }

    @Test
    void shouldTakeOnlyTheFiguresWithTheParameters() throws Exception {
        assertThat(bench("ring", "--json", "--figure", "ring.hop", "--param", "batch=64", "--param", "threads=1",
            "--data-dir", directory.toString())).isZero();
        final JsonNode rows = new ObjectMapper().readTree(out.toString());
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).get("params").get("batch").asText()).isEqualTo("64");

        assertThat(bench("ring", "--param", "batch=65")).isEqualTo(2);
        assertThat(err.toString()).contains("batch=65");
    }

    @Test
    void shouldShowTheRatioToOursBesideAPeer() {
        final BenchRow ours = row(null, 10e6, BenchRow.PER_SECOND);
        RowTable.print(List.of(ours, row("peer 1", 25e6, BenchRow.PER_SECOND)), new PrintWriter(out, true));

        assertThat(out.toString()).contains("x2.50").containsPattern("peregrine .* 10.00 M/s !");
        assertThat(row("peer 1", 2.0, BenchRow.MICROS).betterThan(row(null, 4.0, BenchRow.MICROS))).isEqualTo(2.0);
    }

    @Test
    void shouldShowWhichPartOfTheLimitOursIsAndCompareWithNobodyWhereThereIsNoPeer() {
        final BenchRow ours = row(null, 10e6, BenchRow.PER_SECOND);
        RowTable.print(List.of(ours, row("limit of memory", 40e6, BenchRow.PER_SECOND)), new PrintWriter(out, true));
        assertThat(out.toString()).contains(" 25%").doesNotContain("10.00 M/s !");

        assertThat(RowTable.markdown(List.of(ours))).contains("| 10.00 M/s |").doesNotContain("ratio");
    }

    private static BenchRow row(final String peer, final double score, final String unit) {
        return new BenchRow("ring.hop", Map.of("bytes", "64"), score, unit, null, null, null, null, null, null, null, 0.0,
            peer, null);
    }

    @Test
    void shouldTakeTheMedianOfAnOddAndAnEvenNumberOfValues() {
        assertThat(Figures.median(3, 1, 2)).isEqualTo(2);
        assertThat(Figures.median(4, 1, 2, 3)).isEqualTo(2.5);
        assertThat(Figures.median(Double.NaN)).isNull();
    }
}
