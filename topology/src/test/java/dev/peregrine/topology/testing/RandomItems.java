/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.testing;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;

/** Publishes random items whose times go forth, out of order by the bound, some of them late. Used by one thread. */
final class RandomItems {
    private static final int LATE_ONE_IN = 20;

    private final SplittableRandom random;
    private final boolean late;
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[Item.LENGTH]);
    private long nextId;
    private long highestNs;

    /**
     * Makes items.
     *
     * @param firstId   id of the first one; the others follow upon it.
     * @param startNs   time of the first one.
     */
    RandomItems(final SplittableRandom random, final boolean late, final long firstId, final long startNs) {
        this.random = random;
        this.late = late;
        this.nextId = firstId;
        this.highestNs = startNs;
    }

    void publish(final Publisher publisher) {
        highestNs += random.nextInt(60);
        final long behindNs = late && random.nextInt(LATE_ONE_IN) == 0
            ? RandomTopology.BOUND_NS + random.nextInt(6_000) : random.nextInt((int) RandomTopology.BOUND_NS + 1);
        publish(publisher, new Item(nextId++, random.nextInt(RandomTopology.KEYS), random.nextInt(1_000),
            Math.max(0, highestNs - behindNs)));
    }

    /** Publishes what closes the windows into every partition of a stream. */
    void close(final Publisher publisher) {
        final int partitions = publisher.stream().partitions();
        long key = 0;
        for (int i = 0; i < partitions; i++) {
            while (publisher.stream().partitionOf(KeyHash.of(Item.closing(key).key())) != i) {
                key++;
            }
            publish(publisher, Item.closing(key));
        }
    }

    private void publish(final Publisher publisher, final Item item) {
        item.write(buffer, 0);
        publisher.publish(KeyHash.of(item.key()), 1, 1, item.timeNs(), buffer, 0, Item.LENGTH);
    }
}
