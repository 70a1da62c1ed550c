/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

class FigureTest {
    static Stream<Figure> figures() {
        return Areas.NAMES.stream().flatMap(area -> Areas.figures(area, Effort.inProcess()).stream());
    }

    private static Class<?> classOf(final Figure figure) throws ClassNotFoundException {
        return Class.forName("dev.peregrine.bench." + figure.area() + "." + figure.benchmark().split("\\.")[0]);
    }

    @ParameterizedTest
    @MethodSource("figures")
    void shouldNameABenchmark(final Figure figure) throws Exception {
        final String method = figure.benchmark().split("\\.")[1];

        assertThat(classOf(figure).getMethods()).anySatisfy(found -> {
            assertThat(found.getName()).isEqualTo(method);
            assertThat(found.isAnnotationPresent(Benchmark.class)).isTrue();
        });
    }

    /** JMH would take one figure for each of the values, and the row could not be told. */
    @ParameterizedTest
    @MethodSource("figures")
    void shouldSayWhichOfSeveralValuesEachParameterHas(final Figure figure) throws Exception {
        for (final Field field : classOf(figure).getFields()) {
            if (field.isAnnotationPresent(Param.class) && field.getAnnotation(Param.class).value().length > 1) {
                assertThat(figure.params()).containsKey(field.getName());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void shouldTellTheRowsOfAFigureApart(final String name) {
        final Set<List<Object>> rows = new HashSet<>();

        figures().filter(figure -> figure.name().equals(name)).forEach(figure ->
            assertThat(rows.add(List.of(figure.shownParams(), String.valueOf(figure.peer())))).as("%s", figure).isTrue());
    }

    static Stream<String> names() {
        return figures().map(Figure::name).distinct();
    }

    @ParameterizedTest
    @CsvSource({"log.publish,8", "log.publish-1mib,2", "log.poll,8", "log.poll-1mib,1", "log.seek,4", "log.pack,2"})
    void shouldMeasureEachPartOfTheLog(final String name, final int rows) {
        assertThat(figures().filter(figure -> figure.name().equals(name))).hasSize(rows);
    }
}
