/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.GroupMember;
import dev.peregrine.eventbus.Limits;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.RateLimit;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.eventbus.Subscription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamMetricsTest {
    @TempDir
    private Path directory;

    private static OptionalDouble figure(final EventBus bus, final String name, final Map<String, String> labels) {
        final List<Metric> metrics = new ArrayList<>();
        new StreamMetrics(bus, bus.stream("clicks"), metrics).collect();
        return metrics.stream().filter(metric -> metric.name().equals("peregrine_" + name)
            && new TreeMap<>(metric.labels()).toString().contains(new TreeMap<>(labels).toString().replaceAll("[{}]", "")))
            .mapToDouble(Metric::value).findFirst();
    }

    @Test
    void shouldCollectWhatClientsSubscriptionsAndGroupsDo() {
        try (EventBus bus = EventBus.open(directory, FilesFacade.SYSTEM)) {
            bus.provision(StreamConfig.of("clicks").withSegmentLength(64 << 10).withLimits(Limits.NONE
                .withClient(RateLimit.NONE.withHardRecords(1)).withOnExceed(Limits.OnExceed.COUNT)));
            try (Publisher web = bus.publisher("clicks", "web")) {
                for (int i = 0; i < 1_000; i++) {
                    web.publish(i, 1, 1, 0, new UnsafeBuffer(new byte[100]), 0, 100);
                }
            }
            assertThat(figure(bus, "client_records", Map.of("client", "web"))).hasValue(1_000);
            assertThat(figure(bus, "client_bytes", Map.of("client", "web"))).hasValue(100_000);
            assertThat(figure(bus, "client_over_hard_limit", Map.of("client", "web")).getAsDouble()).isPositive();
            assertThat(figure(bus, "client_blocked_seconds", Map.of("client", "web"))).hasValue(0);
            try (Subscription audit = bus.subscribe("clicks", "audit")) {
                audit.poll(frame -> { }, 10);
                audit.commit();
            }
            assertThat(figure(bus, "subscription_lag_records", Map.of("subscription", "audit"))).hasValue(990);
            try (GroupMember member = bus.join("clicks", "g")) {
                assertThat(figure(bus, "group_members", Map.of("group", "g"))).hasValue(1);
                assertThat(member.lagRecords()).isZero();
            }
            assertThat(figure(bus, "group_members", Map.of("group", "g"))).isEmpty();
            assertThat(figure(bus, "subscription_lag_records", Map.of("subscription", "g"))).hasValue(1_000);
            assertThat(figure(bus, "stream_gaps", Map.of("partition", "0"))).hasValue(0);
            bus.truncate("clicks", 0, 900);
            try (Subscription audit = bus.subscribe("clicks", "audit")) {
                assertThat(audit.gaps()).isEqualTo(1);
            }
            assertThat(figure(bus, "stream_gaps", Map.of("partition", "0"))).hasValue(1);
        }
    }
}
