/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.bench.cli.BenchRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

class PlotTest {
    @TempDir
    private Path directory;

    @Test
    void shouldDrawThroughputAndLatencyAndSkipWhatFailed() throws IOException {
        final String rows = """
            [{"name": "log.append", "params": {"bytes": "100"}, "score": 1e7, "unit": "ops/s", "peer": null},
             {"name": "log.append", "params": {"bytes": "100"}, "score": 5e6, "unit": "ops/s", "peer": "other 1"},
             {"name": "log.append", "params": {"bytes": "32"}, "score": 2e7, "unit": "ops/s", "peer": null},
             {"name": "log.append", "params": {"bytes": "32"}, "score": null, "unit": null, "peer": "other 1"},
             {"name": "log.latency", "params": {}, "score": 1.5, "unit": "us", "p99": 20.0, "peer": null},
             {"name": "log.seek", "params": {}, "score": 1234.0, "unit": "ns", "peer": null},
             {"name": "log.pack", "params": {}, "score": 310.0, "unit": "MB/s", "peer": null}]""";

        final Path json = Files.writeString(directory.resolve("log.json"), rows);

        assertThat(Plot.draw(json, directory)).containsExactly(directory.resolve("log.md"),
            directory.resolve("log.append.png"), directory.resolve("log.latency.png"), directory.resolve("log.seek.png"),
            directory.resolve("log.pack.png"));
        assertThat(directory.resolve("log.md")).content().contains("| log.append | other 1 | bytes=100 | 5.00 M/s |")
            .contains("| 1,234 ns |").contains("| 310 MB/s |");
        for (final String plot : List.of("log.append.png", "log.latency.png", "log.seek.png", "log.pack.png")) {
            assertThat(ImageIO.read(directory.resolve(plot).toFile()).getWidth()).isEqualTo(1200);
        }
    }

    @Test
    void shouldDrawACurveForEachCombinationOfWhatElseVaries() throws IOException {
        final String rows = """
            [{"name": "scaling.stages", "params": {"stages": "1", "onThreads": "1"}, "score": 9e6, "unit": "ops/s"},
             {"name": "scaling.stages", "params": {"stages": "1", "onThreads": "2"}, "score": 5e6, "unit": "ops/s"},
             {"name": "scaling.stages", "params": {"stages": "2", "onThreads": "1"}, "score": 8e6, "unit": "ops/s"},
             {"name": "scaling.stages", "params": {"stages": "4", "onThreads": "1"}, "score": 7e6, "unit": "ops/s"},
             {"name": "scaling.recovery", "params": {"keys": "10000"}, "score": 1e7, "unit": "ns"},
             {"name": "scaling.recovery", "params": {"keys": "1000000"}, "score": 2e8, "unit": "ns"}]""";
        final List<BenchRow> stages = new ObjectMapper().readerForListOf(BenchRow.class).<List<BenchRow>>readValue(rows)
            .subList(0, 4);

        final XYChart chart = Curve.chart("scaling.stages", stages);

        assertThat(chart.getXAxisTitle()).isEqualTo("stages");
        assertThat(chart.getSeriesCollection()).extracting(XYSeries::getName).containsOnly("onThreads=1", "onThreads=2");
        assertThat(chart.getSeries("onThreads=1").getXData()).containsExactly(1, 2, 4);
        assertThat(chart.getSeries("onThreads=1").getYData()).containsExactly(9_000, 8_000, 7_000);
        final Path json = Files.writeString(directory.resolve("scaling.json"), rows);
        assertThat(Plot.draw(json, directory)).containsExactly(directory.resolve("scaling.md"),
            directory.resolve("scaling.stages.png"), directory.resolve("scaling.recovery.png"));
    }
}
