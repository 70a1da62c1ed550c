/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Transport;
import dev.peregrine.log.Appender;
import dev.peregrine.log.Durability;
import dev.peregrine.log.Frame;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.PartitionReader;
import java.nio.file.Path;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/**
 * Our log with its checksums, and the housekeeping thread that the engine gives it. Readers get what is durable at the
 * level asked for. Old segments are dropped, so that a run takes at most {@value #KEPT_BYTES} bytes of disk and what is
 * allocated ahead.
 */
final class PartitionLogTransport implements Transport {
    private static final long KEPT_BYTES = 256L << 20;
    private static final long INTERVAL_MS = 5;
    private static final int SCHEMA = 1;

    private final PartitionLog log;
    private final AgentRunner housekeeping;

    PartitionLogTransport(final Path directory, final Durability durability) {
        log = PartitionLog.open(PartitionConfig.of(directory, "bench").withDurability(durability, INTERVAL_MS));
        housekeeping = new AgentRunner(new SleepingMillisIdleStrategy(1), PartitionLogTransport::rethrow, null,
            new Agent() {
                @Override
                public int doWork() {
                    final int work = log.doHousekeeping();
                    if (log.appendedPosition() - log.startPosition() > KEPT_BYTES) {
                        log.truncateBefore(log.appendedPosition() - KEPT_BYTES);
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

    private static void rethrow(final Throwable failure) {
        throw new IllegalStateException("housekeeping failed", failure);
    }

    @Override
    public Sender newSender() {
        final Appender appender = log.newAppender(1);
        return new Sender() {
            private long sequence;

            @Override
            public void send(final DirectBuffer payload, final int length) {
                appender.append(SCHEMA, SCHEMA, 0, 0, sequence++, payload, 0, length);
            }

            @Override
            public void close() {
                appender.close();
            }
        };
    }

    @Override
    public Receiver newReceiver() {
        return newReceiver(log.startPosition());
    }

    @Override
    public Receiver newTail() {
        return newReceiver(log.appendedPosition());
    }

    private Receiver newReceiver(final long position) {
        final PartitionReader reader = log.newReader(position);
        return log.config().durability() == Durability.OS ? new LogReceiver(reader) : new DurableReceiver(log, reader);
    }

    /** Hands nothing over that a power cut could still take away. */
    private static final class DurableReceiver implements Receiver {
        private final PartitionLog log;
        private final PartitionReader reader;
        private final LogReceiver receiver;

        DurableReceiver(final PartitionLog log, final PartitionReader reader) {
            this.log = log;
            this.reader = reader;
            receiver = new LogReceiver(reader);
        }

        @Override
        public int poll(final Payloads to, final int limit) {
            final long durable = log.durablePosition();
            int work = 0;
            while (work < limit && reader.position() < durable && receiver.poll(to, 1) > 0) {
                work++;
            }
            return work;
        }

        @Override
        public void close() {
            receiver.close();
        }
    }

    private static final class LogReceiver implements Receiver, FrameHandler {
        private final PartitionReader reader;
        private Payloads handler;

        LogReceiver(final PartitionReader reader) {
            this.reader = reader;
        }

        @Override
        public int poll(final Payloads to, final int limit) {
            handler = to;
            return reader.poll(this, limit);
        }

        @Override
        public void onFrame(final Frame frame) {
            handler.onPayload(frame.buffer(), frame.payloadOffset(), frame.payloadLength());
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    @Override
    public void close() {
        housekeeping.close();
        log.close();
    }
}
