/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.Topology;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What becomes of what was written. */
class CompilerTest {
    private static Topology topology(final Consumer<SourceStreamlet<Long>> operators) {
        final FluentBuilder flow = FluentBuilder.named("t");
        operators.accept(flow.source("in", Codecs.longs()));
        return flow.build();
    }

    private static List<String> names(final Topology topology) {
        return topology.components().stream().map(Topology.Component::name).toList();
    }

    @Test
    void shouldFuseWhatHasNoState() {
        final Topology topology = topology(in -> in.map(n -> n + 1, Codecs.longs()).filter(n -> n > 1).named("positive")
            .flatMap(n -> List.of(n, n), Codecs.longs()).keyBy(n -> n, Codecs.longs()).count()
            .filter(pair -> pair.value() > 1).to("out"));
        assertThat(names(topology)).containsExactly(
            "in", "in.map+positive+flatMap+1", "positive.count", "positive.count.filter", "positive.count.to-out");
        assertThat(topology.components()).filteredOn(each -> !each.isSource())
            .allMatch(each -> each.inputs().get(0).grouping() == Grouping.KEY);
    }

    @Test
    void shouldNotFuseOtherNumbersOfInstancesAndPolicies() {
        final Topology topology = topology(in -> in.filter(n -> n > 1).filter(n -> n > 2).parallelism(2)
            .filter(n -> n > 3).onFailure(FailurePolicy.failTopology()).filter(n -> n > 4)
            .filter(n -> n > 5).onFailure(FailurePolicy.deadLetter()).repartition(2));
        assertThat(names(topology)).containsExactly(
            "in", "in.filter", "in.filter-2+filter+filter", "in.filter-5", "in.repartition");
        assertThat(topology.components().stream().map(Topology.Component::parallelism)).containsExactly(1, 1, 2, 2, 2);
        assertThat(topology.component("in.repartition").inputs().get(0).grouping()).isEqualTo(Grouping.SHUFFLE);
    }

    @Test
    void shouldKeepNamesOfStateWhenOperatorsWithoutItCome() {
        final Consumer<Streamlet<Long>> counts = in -> {
            in.keyBy(n -> n, Codecs.longs()).count().to("out");
            in.keyBy(n -> n % 2, Codecs.longs()).count().to("out");
        };
        final Topology before = topology(counts::accept);
        final Topology after = topology(in -> counts.accept(in.filter(n -> n > 7).map(n -> n + 1, Codecs.longs())));
        assertThat(names(before)).contains("in.count", "in.count-2", "in.count.to-out", "in.count-2.to-out");
        assertThat(names(after)).containsAll(List.of("in.count", "in.count-2", "in.count.to-out", "in.count-2.to-out"));
    }

    @Test
    void shouldReadAStageWithoutAnotherBetween() {
        final Topology topology = topology(in -> {
            in.alreadyKeyedBy((event, key) -> key.set(event.buffer(), event.offset(), Long.BYTES), Codecs.longs())
                .count().byKey().reduce(Math::max).to("out");
            in.union(in).to("twice");
        });
        assertThat(names(topology)).containsExactly("in", "in.count", "in.count.reduce", "in.count.reduce.to-out",
            "in.to-twice");
        assertThat(topology.component("in.to-twice").inputs()).hasSize(2);
    }

    @Test
    void shouldRefuseWhatCannotRun() {
        assertThatThrownBy(() -> topology(in -> in.map(n -> "n" + n).named("text").to("out")))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("'text'").hasMessageContaining("codec");
        assertThatThrownBy(() -> topology(in -> in.map(n -> "n" + n).keyBy(text -> text, Codecs.text())))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("codec");
        assertThatThrownBy(() -> topology(in -> in.parallelism(0))).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> topology(in -> in.output("late", Codecs.longs())))
            .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> topology(in -> in.onFailure(FailurePolicy.deadLetter())))
            .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> topology(in -> in.branch(n -> n > 1).get(0).parallelism(2)))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("operators behind");
        assertThatThrownBy(() -> topology(in -> {
            in.filter(n -> n > 1).named("same").to("out");
            in.keyBy(n -> n, Codecs.longs()).count().named("same").to("out");
        })).isInstanceOf(ConfigurationException.class).hasMessageContaining("same");
        assertThatThrownBy(() -> FluentBuilder.named("t").build()).isInstanceOf(ConfigurationException.class);
    }
}
