/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
             {"name": "log.latency", "params": {}, "score": 1.5, "unit": "us", "p99": 20.0, "peer": null}]""";

        assertThat(Plot.draw(new ObjectMapper().readTree(rows), directory.resolve("log.png")))
            .containsExactly(directory.resolve("log.png"), directory.resolve("log-latency.png"))
            .allSatisfy(file -> assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(1200));
    }
}
