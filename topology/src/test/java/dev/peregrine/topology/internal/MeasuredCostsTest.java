/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.topology.RunningTopology.CounterValue;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasuredCostsTest {
    private static final MeasuredCosts MEASURED = MeasuredCosts.of(List.of(
        new CounterValue("in", 0, "received", 40_000),
        new CounterValue("my \"stage\"", 0, "received", 15_000), new CounterValue("my \"stage\"", 1, "received", 5_000),
        new CounterValue("my \"stage\"", 0, "timed-ns", 3_000), new CounterValue("my \"stage\"", 1, "timed-ns", 1_000),
        new CounterValue("my \"stage\"", 0, "timed-events", 30), new CounterValue("my \"stage\"", 1, "timed-events", 10),
        new CounterValue("my \"stage\"", 1, "state-bytes", 700),
        new CounterValue("rare", 0, "received", 3)));

    @Test
    void shouldTakeWhatCountersTellAndNothingFromFewEvents() {
        assertThat(MEASURED.components()).isEqualTo(Map.of(
            "in", new Costs.Measured(0, 40_000, 0), "my \"stage\"", new Costs.Measured(100, 20_000, 700)));
    }

    @Test
    void shouldReadWhatItHasWritten() {
        assertThat(MeasuredCosts.parse(MEASURED.format()).components()).isEqualTo(MEASURED.components());
        assertThat(MeasuredCosts.parse("in { events = ").isEmpty()).isTrue();
        assertThat(MeasuredCosts.parse("in { events = many }").isEmpty()).isTrue();
        assertThat(MeasuredCosts.parse("").isEmpty()).isTrue();
        for (final String events : List.of("-1", "NaN", "Infinity")) {
            final String text = "in { events = \"" + events + "\", ns-per-event = 1, state-bytes = 1 }";
            assertThat(MeasuredCosts.parse(text).isEmpty()).as(events).isTrue();
        }
    }

    @Test
    void shouldBelieveTheBuilderThenTheMeasurement() {
        final Topology topology = TopologyBuilder.named("t").source("in", "in")
            .stage("my \"stage\"", 4, () -> (Stage) (event, out) -> { }).all("in")
            .sink("given", () -> (Stage) (event, out) -> { }).costNs(7).key("my \"stage\"").build();
        final Costs costs = Costs.of(topology, MEASURED.components());
        assertThat(costs.of("in")).isEqualTo(new Costs.Cost(Costs.SOURCE_NS, Costs.Origin.ASSUMED, 40_000));
        assertThat(costs.of("my \"stage\"")).isEqualTo(new Costs.Cost(100, Costs.Origin.MEASURED, 20_000));
        assertThat(costs.of("given")).isEqualTo(new Costs.Cost(7, Costs.Origin.GIVEN, 20_000));
        final Costs unknown = Costs.of(topology, Map.of());
        assertThat(unknown.of("my \"stage\"").events()).isEqualTo(4); // each instance gets all
        assertThat(unknown.load(topology.component("my \"stage\""), 3)).isEqualTo(Costs.STAGE_NS);
    }
}
