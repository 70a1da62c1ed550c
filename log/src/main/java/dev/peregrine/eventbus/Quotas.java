/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** The limits of one stream and what its clients have used. Safe for use by many threads. */
final class Quotas {
    private final String stream;
    private final MonotonicClock clock;
    /** Kept when a publisher is closed: opening it anew must not fill its buckets. */
    private final ConcurrentSkipListMap<String, ClientQuota> clients = new ConcurrentSkipListMap<>();
    private volatile Buckets buckets;

    /** One set of limits, and the buckets that all clients share. */
    record Buckets(Limits limits, QuotaBuckets stream) {
    }

    Quotas(final String stream, final Limits limits, final MonotonicClock clock) {
        this.stream = stream;
        this.clock = clock;
        limits(limits);
    }

    /** Takes other limits; every bucket is full then. */
    void limits(final Limits limits) {
        if (buckets == null || !buckets.limits().equals(limits)) {
            buckets = new Buckets(
                limits, new QuotaBuckets("limits.stream", limits.stream(), true, clock.nanoTime()));
        }
    }

    Buckets buckets() {
        return buckets;
    }

    MonotonicClock clock() {
        return clock;
    }

    /** The quota of a client; one publisher uses it at a time. */
    ClientQuota client(final String name) {
        return clients.computeIfAbsent(name, missing -> new ClientQuota(this, stream, missing));
    }

    StreamUsage usage() {
        final List<ClientUsage> used = clients.values().stream().map(ClientQuota::usage).toList();
        ClientUsage total = new ClientUsage("*", 0, 0, 0, 0, 0);
        for (final ClientUsage one : used) {
            total = new ClientUsage("*", total.records() + one.records(), total.bytes() + one.bytes(),
                total.overSoft() + one.overSoft(), total.overHard() + one.overHard(),
                total.blockedNs() + one.blockedNs());
        }
        return new StreamUsage(stream, buckets.limits(), total, used);
    }
}
