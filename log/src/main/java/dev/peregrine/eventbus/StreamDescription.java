/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.List;

/**
 * A stream as it is at one moment.
 *
 * @param config what it is provisioned with.
 * @param partitions its partitions, in order.
 * @param subscriptions names of its durable subscriptions.
 * @param users publishers and subscriptions that are open now.
 * @param usage what was published since the engine was opened, by publisher, beside the limits.
 */
public record StreamDescription(
    StreamConfig config, List<Partition> partitions, List<String> subscriptions, List<String> users,
    StreamUsage usage) {

    /** Copies the lists. */
    public StreamDescription {
        partitions = List.copyOf(partitions);
        subscriptions = List.copyOf(subscriptions);
        users = List.copyOf(users);
    }

    /**
     * One partition; all figures are bytes.
     *
     * @param startPosition first position that is kept.
     * @param appendedPosition end of what publishers have claimed.
     * @param durablePosition end of what is known to be on disk.
     * @param diskBytes size of its files, what is allocated ahead included.
     */
    public record Partition(long startPosition, long appendedPosition, long durablePosition, long diskBytes) {
    }
}
