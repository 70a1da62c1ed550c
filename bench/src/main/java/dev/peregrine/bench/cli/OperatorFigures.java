/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.cli;

import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.internal.StageCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The figures of operators: what each takes by itself, and that it allocates nothing. None has a peer. */
final class OperatorFigures {
    private final List<Figure> figures = new ArrayList<>();

    private OperatorFigures() {
    }

    static List<Figure> all() {
        final OperatorFigures operators = new OperatorFigures();
        for (final String access : List.of("value", "counterGet", "counterAdd", "bytesGet", "bytesPut", "mapGet", "mapPut",
            "listAppendAndRemoveFirst")) {
            operators.add("operators.state", "StateAccess." + access, "access", access); // shown; JMH knows no such one
        }
        for (final String slide : List.of("10", "1")) {
            operators.add("operators.window-event", "WindowAccess.event", "slideSeconds", slide);
            operators.add("operators.window-result", "WindowAccess.eventAndResult", "slideSeconds", slide);
        }
        operators.add("operators.timer-fire", "TimerAccess.setAndFire", "timers", "100000");
        operators.add("operators.timer-cancel", "TimerAccess.setAndCancel", "timers", "100000");
        for (final String step : List.of("add", "merge", "result")) {
            for (final String aggregator : List.of("count", "sum", "mean", "max", "distinct", "quantiles", "top-k")) {
                operators.add("operators.aggregate-" + step, "AggregatorAccess." + step, "aggregator", aggregator);
            }
        }
        for (final StageCalls.Around around : StageCalls.Around.values()) {
            operators.add("operators.stage", "StageCall.event", "around", around.name());
        }
        for (final Grouping grouping : Grouping.values()) {
            for (final String edge : List.of("fused", "ring")) {
                operators.figures.add(new Figure("operators.grouping", "GroupingHop.send",
                    Map.of("edge", edge, "grouping", grouping.name()), 1, null));
            }
        }
        return operators.figures;
    }

    private void add(final String name, final String benchmark, final String param, final String value) {
        figures.add(new Figure(name, benchmark, Map.of(param, value), 1, null));
    }
}
