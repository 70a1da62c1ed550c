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
class OperatorFiguresTest {
    /** The smallest object has 16 bytes; what JMH itself allocates is spread over the operations. */
    private static final double LESS_THAN_AN_OBJECT = 4;

    @TempDir
    private Path directory;

    static List<Figure> figures() {
        return OperatorFigures.all();
    }

    @ParameterizedTest
    @MethodSource("figures")
    void shouldAllocateNothing(final Figure figure) {
        final BenchRow row = new FigureRunner(new Effort(0, 1, 1, 200, 1_000, 10_000), directory).run(figure);

        assertThat(row.error()).isNull();
        assertThat(row.allocBytesPerOp()).isLessThan(LESS_THAN_AN_OBJECT);
    }
}
