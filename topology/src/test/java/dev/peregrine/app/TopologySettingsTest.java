/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.peregrine.core.config.KnownKeys;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.topology.Delivery;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologySettingsTest {
    private static final Topology TOPOLOGY = TopologyBuilder.named("t").threads(3)
        .source("in", "in", 2)
        .stage("count", 4, () -> (event, out) -> { }).key("in")
        .failures(FailurePolicy.failTopology().afterRetries(5, 1_000)).build();

    private static Config block(final String text) {
        return ConfigFactory.parseString(text, ConfigParseOptions.defaults().setOriginDescription("some.conf"));
    }

    @Test
    void shouldLeaveWhatTheBlockDoesNotName() {
        assertThat(TopologySettings.apply(TOPOLOGY, block("class = a.B, settings { delivery = mine }")))
            .isEqualTo(TOPOLOGY);
        assertThat(TopologySettings.apply(TOPOLOGY, block("failures {}"))).isEqualTo(TOPOLOGY);
    }

    @Test
    void shouldOverrideWhatTheBlockNames() {
        final Topology changed = TopologySettings.apply(TOPOLOGY, block("""
            threads = 1, epoch-interval = 2ms, delivery = "effectively-once", parallelism.count = 2
            memory-budget = 64MiB
            failures { retries = 1, back-off = 5ms, then = dead-letter }, dead-letter-stream = bad"""));
        assertThat(changed.threads()).isEqualTo(1);
        assertThat(changed.epochIntervalMicros()).isEqualTo(2_000);
        assertThat(changed.options().delivery()).isEqualTo(Delivery.EFFECTIVELY_ONCE);
        assertThat(changed.options().memoryBudgetBytes()).isEqualTo(64 << 20);
        assertThat(changed.component("count").parallelism()).isEqualTo(2);
        assertThat(changed.component("in").parallelism()).isEqualTo(2);
        assertThat(changed.options().failures()).isEqualTo(FailurePolicy.deadLetter().afterRetries(1, 5_000_000));
        assertThat(changed.deadLetterStream()).isEqualTo("bad");
        assertThat(TopologySettings.apply(TOPOLOGY, block("failures.then = dead-letter")).options().failures())
            .isEqualTo(FailurePolicy.deadLetter().afterRetries(5, 1_000));
        assertThat(TopologySettings.apply(TOPOLOGY, block("delivery = at-most-once")).options().delivery())
            .isEqualTo(Delivery.AT_MOST_ONCE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "delivery = effectively-onc            | did you mean 'effectively-once'?",
        "delivery = never-at-all-in-any-case   | at-least-once, at-most-once, effectively-once",
        "parallelism.cuont = 2                 | did you mean 'count'?",
        "parallelism.count = 0                 | parallelism of count must be 1 to 256",
        "parallelism.count = many              | parallelism.count",
        "failures.then = dead-letters          | did you mean 'dead-letter'?",
        "failures.retries = -1                 | retries",
        "epoch-interval = soon                 | epoch-interval",
        "threads = -1                          | threads must be 0"})
    void shouldRefuseImpossibleValues(final String text, final String message) {
        assertThatThrownBy(() -> TopologySettings.apply(TOPOLOGY, block(text))).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining(message);
    }

    @Test
    void shouldRefuseKeysThatMeanNothing() {
        assertThatThrownBy(() -> {
            final KnownKeys known = new KnownKeys();
            TopologySettings.check(block("class = a.B, deliverry = x, failures { retry = 1 }, parallelism.any = 1"),
                "peregrine.topologies.t", known);
            known.refuseUnknown();
        }).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("some.conf: 1: unknown key 'deliverry' under peregrine.topologies.t; did you mean 'deli")
            .hasMessageContaining("unknown key 'retry' under peregrine.topologies.t.failures; did you mean 'retries'?")
            .hasMessageNotContaining("any");
    }
}
