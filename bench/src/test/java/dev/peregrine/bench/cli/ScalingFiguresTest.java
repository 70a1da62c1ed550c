/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("long")
class ScalingFiguresTest {
    @TempDir
    private Path directory;

    static List<Figure> figures() {
        return ScalingFigures.all(Effort.inProcess());
    }

    @ParameterizedTest
    @MethodSource("figures")
    void shouldTakeEveryFigure(final Figure figure) {
        final BenchRow row = new FigureRunner(Effort.inProcess(), directory).run(figure);

        assertThat(row.error()).isNull();
        assertThat(row.score()).isPositive();
    }
}
