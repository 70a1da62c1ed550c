/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import org.junit.jupiter.api.Test;

/** What a plan says, word by word. */
class PlanTextTest {
    private static final StageSupplier NOTHING = () -> (Stage) (event, out) -> { };

    private static TopologyBuilder ads() {
        return TopologyBuilder.named("ads").source("in", "impressions", 2)
            .stage("parse", NOTHING).outputs("bad").shuffle("in").costNs(300)
            .stage("count", 2, NOTHING).key("parse")
            .sink("store", NOTHING).key("count").input("parse", "bad", Grouping.ALL);
    }

    @Test
    void shouldTellWhyEverythingIsFused() {
        assertThat(Plan.of(ads().build(), 2).describe(new int[] {1})).isEqualTo("""
            topology ads: 1 thread (2 cores, one left to the publishers)
              thread 0, core 1, 100 % of the work: in[0] > in[1] > parse > count[0] > count[1] > store
              edge in > parse, shuffle: fused, 2 direct calls, since there is one thread
              edge parse > count, key: fused, 2 direct calls, since there is one thread
              edge count > store, key: fused, 2 direct calls, since there is one thread
              edge parse.bad > store, all: fused, a direct call, since there is one thread
              an event costs: in 20 ns (assumed), parse 300 ns (given), count 50 ns (assumed), store 50 ns (assumed)
              memory: no rings, instances 188 KiB, states unknown (give stateBytes, or run it once)
              memory in all: 188 KiB, no budget; snapshots take none, they are written in slices
            """);
    }

    @Test
    void shouldTellWhatEachCutWinsAndTakes() {
        final MeasuredCosts earlier = MeasuredCosts.parse("""
            in { events = 50000, ns-per-event = 0, state-bytes = 0 }
            count { events = 50000, ns-per-event = 220, state-bytes = 3145728 }
            """);
        assertThat(Plan.of(ads().stage("audit", NOTHING).key("parse").stateBytes(100 << 20).memoryBudgetBytes(1 << 30)
            .build(), 6, 2, earlier).describe()).isEqualTo("""
            topology ads: 2 threads (6 cores, 2 have threads of other topologies, one left to the publishers; more \
            threads would not relieve the busiest)
              thread 0, any core, 50 % of the work: in[0] > in[1] > parse
              thread 1, any core, 50 % of the work: count[0] > count[1] > store > audit
              edge in > parse, shuffle: fused, 2 direct calls, since a hop would cost 20 ns beside the 300 of parse
              edge parse > count, key: 2 rings between threads of 4,096 slots of 128 B, since with one thread fewer \
            the busiest would have 82 % more to do
              edge count > store, key: fused, 2 direct calls, since a hop would cost 20 ns beside the 50 of store
              edge parse.bad > store, all: 1 ring between threads of 4,096 slots of 128 B, since with one thread fewer \
            the busiest would have 82 % more to do
              edge parse > audit, key: 1 ring between threads of 4,096 slots of 128 B, since with one thread fewer the \
            busiest would have 82 % more to do
              an event costs: in 20 ns (assumed), parse 300 ns (given), count 220 ns (measured), store 50 ns \
            (assumed), audit 50 ns (assumed)
              memory: 4 rings 3.0 MiB, instances 232 KiB, states 3.0 MiB of count (measured) + 100.0 MiB of audit \
            (given)
              memory in all: 106.2 MiB, of a budget of 1,024.0 MiB; snapshots take none, they are written in slices
            """);
    }

    @Test
    void shouldTellWhatWasAskedFor() {
        final Topology topology = TopologyBuilder.named("asked").threads(3).source("in", "in")
            .stage("a", NOTHING).onThread(1).shuffle("in").stage("b", NOTHING).onThread(1).shuffle("a")
            .stage("c", 2, NOTHING).costNs(150).shuffle("b").sink("d", NOTHING).all("c").build();
        assertThat(Plan.of(topology, 1).describe()).isEqualTo("""
            topology asked: 3 threads (threads = 3 was asked for)
              thread 0, any core, 6 % of the work: in
              thread 1, any core, 55 % of the work: a > b > c[0]
              thread 2, any core, 39 % of the work: c[1] > d
              edge in > a, shuffle: 1 ring between threads of 4,096 slots of 128 B, since a is put on thread 1
              edge a > b, shuffle: fused, a direct call, since both are put on thread 1
              edge b > c, shuffle: fused, a direct call, since a hop would cost 20 ns beside the 150 of c; 1 ring \
            between threads of 4,096 slots of 128 B, since b is put on thread 1
              edge c > d, all: fused, a direct call, since a hop would cost 20 ns beside the 50 of d; 1 ring between \
            threads of 4,096 slots of 128 B, since so many threads were asked for
              an event costs: in 20 ns (assumed), a 50 ns (assumed), b 50 ns (assumed), c 150 ns (given), d 50 ns \
            (assumed)
              memory: 3 rings 2.3 MiB, instances 224 KiB, states unknown (give stateBytes, or run it once)
              memory in all: 2.5 MiB, no budget; snapshots take none, they are written in slices
            """);
    }
}
