/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.BenchDirectory;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.Stream;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionLog;
import java.nio.file.Path;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/** An event bus with one stream, and the housekeeping thread that the engine gives it. */
final class BusAtWork implements AutoCloseable {
    static final String STREAM = "bench";

    private final Path directory = BenchDirectory.create("bus");
    private final EventBus bus = EventBus.open(directory.resolve("streams"), FilesFacade.SYSTEM);
    private final Stream stream;
    private final AgentRunner housekeeping;

    /** With a stream of this name, of whose partitions at most so many bytes each are kept. */
    BusAtWork(final StreamConfig config, final long keptBytes) {
        stream = bus.provision(config);
        housekeeping = new AgentRunner(new SleepingMillisIdleStrategy(1), BusAtWork::rethrow, null, new Agent() {
            @Override
            public int doWork() {
                final int work = bus.doHousekeeping();
                for (int i = 0; i < stream.partitions(); i++) {
                    truncate(stream.partition(i), keptBytes);
                }
                return work;
            }

            @Override
            public String roleName() {
                return "bench-housekeeping";
            }
        });
        AgentRunner.startOnThread(housekeeping);
    }

    private static void truncate(final PartitionLog log, final long keptBytes) {
        final long end = log.appendedPosition();
        if (end - log.startPosition() > keptBytes) {
            log.truncateBefore(end - keptBytes);
        }
    }

    private static void rethrow(final Throwable failure) {
        throw new IllegalStateException("housekeeping failed", failure);
    }

    EventBus bus() {
        return bus;
    }

    Stream stream() {
        return stream;
    }

    /** Compresses every sealed segment, if the stream has that done. */
    void pack() {
        while (bus.doMaintenance() > 0) {
            // a step
        }
        final PartitionLog log = stream.partition(0);
        if (stream.config().compressionLevel() > 0 && log.diskBytes() > log.appendedPosition()) {
            throw new IllegalStateException("nothing was compressed");
        }
    }

    @Override
    public void close() {
        housekeeping.close();
        bus.close();
        BenchDirectory.delete(directory);
    }
}
