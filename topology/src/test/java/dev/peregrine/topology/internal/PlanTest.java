/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import java.util.SplittableRandom;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final StageSupplier NOTHING = () -> (Stage) (event, out) -> { };

    private static TopologyBuilder builder() {
        return TopologyBuilder.named("t").source("s", "stream");
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void shouldPlaceAllInstancesAndLeadNoEdgeBack(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 12) final int stages,
        @ForAll @IntRange(max = 20) final int threads, @ForAll @IntRange(min = 1, max = 16) final int cores) {
        final SplittableRandom random = new SplittableRandom(seed);
        final TopologyBuilder builder =
            TopologyBuilder.named("t").source("c0", "stream", 1 + random.nextInt(4)).threads(threads);
        for (int i = 1; i <= stages; i++) {
            if (random.nextInt(6) == 0) {
                builder.source("c" + i, "other");
            } else {
                builder.stage("c" + i, 1 + random.nextInt(5), NOTHING).key("c" + random.nextInt(i));
                if (i > 1 && random.nextBoolean()) {
                    builder.all("c" + random.nextInt(i));
                }
            }
        }
        final Plan plan = Plan.of(builder.build(), cores);
        assertPlaced(plan, builder.build());
        final int instances = builder.build().components().stream().mapToInt(Topology.Component::parallelism).sum();
        assertThat(plan.threads()).isLessThanOrEqualTo(threads > 0 ? Math.min(threads, instances) : Math.max(1, cores));
        assertThat(plan.describe(CorePool.none().take(plan.threads()))).contains("any core", "c0", "c" + stages);
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void shouldLeadNoEdgeBackAroundWhatHasAThreadOfItsOwn(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 6) final int stages,
        @ForAll @IntRange(min = 1, max = 5) final int threads) {
        final SplittableRandom random = new SplittableRandom(seed);
        final TopologyBuilder builder =
            TopologyBuilder.named("t").source("c0", "stream", 1 + random.nextInt(3)).threads(threads);
        final int[] least = new int[stages + 1];
        least[0] = pin(builder, random, 0, threads);
        for (int i = 1; i <= stages; i++) {
            final int from = random.nextInt(i);
            builder.stage("c" + i, 1 + random.nextInt(3), NOTHING).key("c" + from);
            least[i] = pin(builder, random, least[from], threads);
        }
        final Topology topology = builder.build();
        final int instances = topology.components().stream().mapToInt(Topology.Component::parallelism).sum();
        Assume.that(instances >= threads);
        assertPlaced(Plan.of(topology, 2), topology);
    }

    /** Puts the last component on a thread, or none, not before the one it must not be before; returns what holds then. */
    private static int pin(
        final TopologyBuilder builder, final SplittableRandom random, final int least, final int threads) {
        if (random.nextInt(3) > 0) {
            return least;
        }
        final int thread = least + random.nextInt(threads - least);
        builder.onThread(thread);
        return thread;
    }

    private static void assertPlaced(final Plan plan, final Topology topology) {
        assertThat(plan.threads()).isPositive();
        for (final Topology.Component to : topology.components()) {
            for (int task = 0; task < to.parallelism(); task++) {
                final int thread = plan.thread(to.name(), task);
                assertThat(thread).isBetween(0, plan.threads() - 1);
                for (final Topology.Input input : to.inputs()) {
                    for (int sender = 0; sender < topology.component(input.from()).parallelism(); sender++) {
                        assertThat(plan.thread(input.from(), sender)).isLessThanOrEqualTo(thread);
                    }
                }
            }
        }
    }

    @Test
    void shouldFuseEverythingOnTwoCores() {
        final Plan plan = Plan.of(builder().stage("a", 2, NOTHING).key("s").sink("b", NOTHING).key("a").build(), 2);
        assertThat(plan.threads()).isEqualTo(1);
        assertThat(plan.describe(new int[] {1})).contains("fused").contains("thread 0, core 1, ");
    }

    @Test
    void shouldSpreadSourcesOverThreads() {
        final Plan plan = Plan.of(TopologyBuilder.named("t").threads(5).source("s", "stream", 2)
            .stage("a", NOTHING).key("s").source("late", "other").sink("b", NOTHING).key("a").key("late").build(), 2);
        assertThat(new int[] {plan.thread("s", 0), plan.thread("s", 1), plan.thread("late", 0)})
            .isEqualTo(new int[] {0, 1, 3});
    }

    private static int[] threads(final Plan plan, final String... components) {
        return java.util.Arrays.stream(components).mapToInt(name -> plan.thread(name, 0)).toArray();
    }

    private static TopologyBuilder chain() {
        return builder().stage("a", NOTHING).costNs(300).shuffle("s").stage("b", NOTHING).costNs(100).shuffle("a")
            .stage("c", NOTHING).costNs(100).shuffle("b").sink("d", NOTHING).costNs(100).shuffle("c");
    }

    @Test
    void shouldCutByCost() {
        assertThat(threads(Plan.of(chain().threads(2).build(), 2), "s", "a", "b", "c", "d")).containsExactly(0, 0, 1, 1, 1);
        final MeasuredCosts earlier = MeasuredCosts.parse("""
            "s" { events = 1000, ns-per-event = 0, state-bytes = 0 }
            "a" { events = 1000, ns-per-event = 5, state-bytes = 3000000 }
            "d" { events = 10, ns-per-event = 5, state-bytes = 3000000 }
            """);
        final Topology assumed = builder().stage("a", NOTHING).shuffle("s").stage("b", NOTHING).shuffle("a")
            .sink("d", NOTHING).shuffle("b").threads(2).build();
        assertThat(threads(Plan.of(assumed, 2), "s", "a", "b", "d")).containsExactly(0, 0, 1, 1);
        assertThat(threads(Plan.of(assumed, 2, 0, earlier), "s", "a", "b", "d")).containsExactly(0, 0, 1, 1);
        assertThat(Plan.of(assumed, 2, 0, earlier).load(0)).isLessThan(Plan.of(assumed, 2).load(0));
    }

    @Test
    void shouldTakeStagesThatReadByKeyForRareEmitters() {
        final Topology counts = TopologyBuilder.named("t").threads(2).source("s", "stream", 2)
            .stage("count", 2, NOTHING).key("s").sink("results", NOTHING).key("count").build();
        final Plan plan = Plan.of(counts, 2);
        assertThat(plan.thread("count", 0)).isZero();
        assertThat(plan.thread("count", 1)).isEqualTo(1);
    }

    @Test
    void shouldTakeNoThreadThatIsNotWorthItsHops() {
        final Topology light =
            builder().stage("a", NOTHING).costNs(5).shuffle("s").sink("b", NOTHING).costNs(5).shuffle("a").build();
        assertThat(Plan.of(light, 8).threads()).isEqualTo(1);
        assertThat(Plan.of(chain().build(), 8).threads()).isEqualTo(2); // the dearest stage takes as long as the others
    }

    @Test
    void shouldLeaveCoresToPublishersAndOtherTopologies() {
        final Topology wide = builder().stage("a", 6, NOTHING).costNs(1_000).shuffle("s").build();
        assertThat(Plan.of(wide, 8).threads()).isEqualTo(7);
        assertThat(Plan.of(wide, 4).threads()).isEqualTo(3);
        assertThat(Plan.of(wide, 4, 1, MeasuredCosts.NONE).threads()).isEqualTo(2);
        assertThat(Plan.of(wide, 4, 7, MeasuredCosts.NONE).threads()).isEqualTo(1);
        assertThat(Plan.of(wide, 1).threads()).isEqualTo(1);
    }

    @Test
    void shouldPlaceAroundWhatHasThreadOfItsOwn() {
        final Plan plan = Plan.of(TopologyBuilder.named("t").threads(3)
            .source("s", "stream").stage("a", NOTHING).onThread(1).key("s").stage("b", NOTHING).key("a")
            .source("late", "other").stage("c", NOTHING).onThread(0).key("late").sink("d", NOTHING).key("b").key("c")
            .build(), 2);
        assertThat(threads(plan, "s", "a", "late", "c")).containsExactly(0, 1, 0, 0);
        assertThat(threads(plan, "b", "d")).containsOnly(1, 2).isSorted();
        assertThatThrownBy(() -> Plan.of(builder().threads(2).stage("a", NOTHING).onThread(1).key("s")
            .stage("b", NOTHING).key("a").sink("c", NOTHING).onThread(0).key("b").build(), 2))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("same thread or a later one");
        assertThatThrownBy(() -> Plan.of(builder().stage("a", NOTHING).onThread(1).key("s").build(), 2))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("threads 0 to 0");
        assertThatThrownBy(() -> builder().costNs(0)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void shouldRefuseImpossibleGraphs() {
        assertThatThrownBy(() -> TopologyBuilder.named("a b")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> TopologyBuilder.named("t").build()).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("no source");
        assertThatThrownBy(() -> builder().shuffle("s")).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("must follow");
        assertThatThrownBy(() -> builder().stage("a", NOTHING).key("nobody"))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("'nobody'");
        assertThatThrownBy(() -> builder().stage("a", NOTHING).key("a")).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> builder().stage("a", NOTHING).build()).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("reads nothing");
        assertThatThrownBy(() -> builder().source("s", "other")).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("declared twice");
        assertThatThrownBy(() -> builder().stage("a", 0, NOTHING)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> builder().stage("a", 257, NOTHING)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> builder().epochIntervalMicros(0)).isInstanceOf(ConfigurationException.class);
    }
}
