/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.ClientUsage;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.Stream;
import dev.peregrine.eventbus.SubscriptionDescription;
import dev.peregrine.log.PartitionLog;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Collects the figures of one stream: of its partitions, its publishers, its subscriptions and groups. */
final class StreamMetrics {
    private final EventBus bus;
    private final Stream stream;
    private final List<Metric> metrics;

    StreamMetrics(final EventBus bus, final Stream stream, final List<Metric> metrics) {
        this.bus = bus;
        this.stream = stream;
        this.metrics = metrics;
    }

    void collect() {
        for (int i = 0; i < stream.partitions(); i++) {
            partition(stream.partition(i), Map.of("stream", stream.name(), "partition", Integer.toString(i)));
        }
        try {
            bus.usage(stream.name()).clients().forEach(this::client);
            for (final String group : bus.groups(stream.name())) {
                add("group_members", "Members of the group now.", Map.of("stream", stream.name(), "group", group),
                    bus.describeGroup(stream.name(), group).members().size(), false);
            }
            bus.subscriptions(stream.name()).forEach(this::subscription);
        } catch (final PeregrineException deleted) {
            return; // just now: the next look has the others
        }
    }

    private void partition(final PartitionLog log, final Map<String, String> labels) {
        add("stream_appended_bytes", "Position behind the last claimed record.", labels, log.appendedPosition(), true);
        add("stream_durable_bytes", "Position up to which records are on disk.", labels, log.durablePosition(), true);
        add("stream_disk_bytes", "Bytes of segment files.", labels, log.diskBytes(), false);
        add("stream_gaps", "Ranges that readers did not get: truncated before they came, or damaged.", labels,
            log.gaps(), true);
        add("stream_damaged_ranges", "Damaged ranges that readers have passed.", labels, log.damagedRanges(), false);
        add("stream_idle_reader_warnings", "Readers that could not get records that were there.", labels,
            log.idleReaders().warnings(), true);
        add("stream_idle_reader_errors", "Such readers after a long time, again and again.", labels,
            log.idleReaders().errors(), true);
    }

    private void client(final ClientUsage usage) {
        final Map<String, String> labels = Map.of("stream", stream.name(), "client", usage.client());
        add("client_records", "Records that the client has published.", labels, usage.records(), true);
        add("client_bytes", "Bytes of payload that the client has published.", labels, usage.bytes(), true);
        add("client_over_soft_limit", "Records over a soft limit.", labels, usage.overSoft(), true);
        add("client_over_hard_limit", "Records over a hard limit: refused, held up, or counted only.", labels,
            usage.overHard(), true);
        add("client_blocked_seconds", "How long limits have held the client up.", labels,
            (double) usage.blockedNs() / TimeUnit.SECONDS.toNanos(1), true);
    }

    private void subscription(final String name) {
        try {
            final SubscriptionDescription description = bus.describeSubscription(stream.name(), name);
            final Map<String, String> labels = Map.of("stream", stream.name(), "subscription", name);
            add("subscription_lag_records", "Records published and not committed by the subscription or group.", labels,
                description.lagRecords(), false);
            add("subscription_lag_bytes", "Bytes published and not committed by the subscription or group.", labels,
                description.lagBytes(), false);
        } catch (final PeregrineException deletedOrDamaged) {
            return; // 'subscription describe' says which
        }
    }

    private void add(
        final String name, final String help, final Map<String, String> labels, final double value,
        final boolean counter) {
        metrics.add(new Metric("peregrine_" + name, help, labels, value, counter));
    }
}
