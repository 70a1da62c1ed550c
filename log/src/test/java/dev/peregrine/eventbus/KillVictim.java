/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.Durability;
import dev.peregrine.log.Frame;
import dev.peregrine.log.RecordBatch;
import dev.peregrine.log.RecordOptions;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The process that is killed: publishers of every kind, a subscription, housekeeping, maintenance and truncation, all for
 * ever. What each is about to do and what it has done stands in a mapped file, which outlives the process to the store.
 */
final class KillVictim {
    /** What a publisher publishes. */
    enum Kind {
        PLAIN, BATCHES, MESSAGES, KEYED
    }

    static final String STREAM = "kill";
    static final String SUBSCRIPTION = "audit";
    static final int KEYS = 7;
    static final int SEGMENT_LENGTH = 64 << 10;

    private static final int KINDS = Kind.values().length;
    private static final int LEAD = 20;
    private static final int KEPT = 3_000;
    private static final int MOST_IN_BATCH = 20;
    private static final int LONGEST_OF_BATCH = 300;
    private static final int LONGEST_MESSAGE = 60_000;
    private static final long IDLE_NS = 100_000;

    private final EventBus bus;
    private final Journal journal;
    private final AtomicLongArray turns = new AtomicLongArray(KINDS);

    private KillVictim(final EventBus bus, final Journal journal) {
        this.bus = bus;
        this.journal = journal;
    }

    /** What was begun and what was acknowledged, per kind of publisher, and what the subscription has committed. */
    static final class Journal {
        private static final int SLOT = 64;
        private final UnsafeBuffer buffer;

        Journal(final Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                final MappedByteBuffer mapping =
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, (KINDS + 1L) * SLOT);
                buffer = new UnsafeBuffer(mapping);
            }
        }

        void clear() {
            for (int at = 0; at < buffer.capacity(); at += Long.BYTES) {
                buffer.putLongVolatile(at, -1);
            }
        }

        void begin(final int slot, final long sequence) {
            buffer.putLongVolatile(slot * SLOT, sequence);
        }

        void end(final int slot, final long sequence, final long count) {
            buffer.putLongVolatile(slot * SLOT + Long.BYTES, sequence);
            buffer.putLongVolatile(slot * SLOT + 2 * Long.BYTES, count);
        }

        long begun(final int slot) {
            return buffer.getLongVolatile(slot * SLOT);
        }

        long ended(final int slot) {
            return buffer.getLongVolatile(slot * SLOT + Long.BYTES);
        }

        long slowest() {
            long slowest = Long.MAX_VALUE;
            for (int slot = 0; slot < KINDS; slot++) {
                slowest = Math.min(slowest, buffer.getLongVolatile(slot * SLOT + 2 * Long.BYTES));
            }
            return slowest;
        }
    }

    static long producerId(final Kind kind) {
        return Publisher.producerId(kind.name());
    }

    private static int length(final Kind kind, final long sequence) {
        final SplittableRandom random = new SplittableRandom(kind.ordinal() * 31L + sequence);
        return switch (kind) {
            case PLAIN -> random.nextInt(700);
            case BATCHES -> random.nextInt(LONGEST_OF_BATCH);
            case MESSAGES -> sequence % 2 == 0 ? random.nextInt(LONGEST_MESSAGE) : random.nextInt(500);
            case KEYED -> 1 + random.nextInt(400);
        };
    }

    private static byte content(final Kind kind, final long sequence, final int index) {
        return (byte) (kind.ordinal() * 7 + sequence * 13 + index);
    }

    private static UnsafeBuffer payload(final Kind kind, final long sequence) {
        final byte[] bytes = new byte[length(kind, sequence)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = content(kind, sequence, i);
        }
        return new UnsafeBuffer(bytes);
    }

    /** Fails unless a frame is wholly the record that a kind of publisher gave this number. */
    static void check(final Kind kind, final Frame frame) {
        boolean same = frame.payloadLength() == length(kind, frame.sequence())
            && frame.timestampNs() == frame.sequence() && frame.templateId() == kind.ordinal()
            && frame.transactionId() == (kind == Kind.KEYED ? frame.sequence() : -1);
        for (int i = 0; same && i < frame.payloadLength(); i++) {
            same = frame.buffer().getByte(frame.payloadOffset() + i) == content(kind, frame.sequence(), i);
        }
        if (!same) {
            throw new AssertionError("record " + frame.sequence() + " of " + kind + " is harmed");
        }
    }

    /** Takes the data directory and the journal, and a mirror directory if there is one. */
    public static void main(final String[] args) throws IOException {
        final EventBus bus =
            EventBus.open(Path.of(args[0]), args.length > 2 ? Path.of(args[2]) : null, FilesFacade.SYSTEM);
        final KillVictim victim = new KillVictim(bus, new Journal(Path.of(args[1])));
        for (final Kind kind : Kind.values()) {
            victim.start(kind.name(), () -> victim.publish(kind));
        }
        victim.start("subscriber", victim::read);
        victim.start("housekeeping", () -> victim.forEver(victim::keepHouse));
        victim.start("maintenance", () -> victim.forEver(bus::doMaintenance));
        victim.start("truncation", victim::truncate);
    }

    private void start(final String name, final Runnable work) {
        final Thread thread = new Thread(work, name);
        thread.setUncaughtExceptionHandler((who, e) -> {
            e.printStackTrace();
            Runtime.getRuntime().halt(3);
        });
        thread.start();
    }

    private void forEver(final java.util.function.IntSupplier cycle) {
        while (true) {
            if (cycle.getAsInt() == 0) {
                LockSupport.parkNanos(IDLE_NS);
            }
        }
    }

    /** No disk fails here, so no copy may be given up: the test takes one away later. */
    private int keepHouse() {
        final int work = bus.doHousekeeping();
        if (!bus.degraded().isEmpty()) {
            throw new IllegalStateException(bus.degraded().toString());
        }
        return work;
    }

    private void truncate() {
        while (true) {
            final long end = bus.stream(STREAM).partition(0).endOffset();
            bus.truncate(STREAM, 0, Math.max(0, end - KEPT));
            LockSupport.parkNanos(IDLE_NS);
        }
    }

    private void read() {
        final Subscription subscription = bus.subscribe(STREAM, SUBSCRIPTION);
        while (true) {
            subscription.poll(frame -> { }, 100, IDLE_NS);
            journal.begin(KINDS, subscription.offset(0));
            subscription.commit();
            journal.end(KINDS, subscription.offset(0), 0);
        }
    }

    /** Nobody runs far ahead of the others, or those would be truncated away. */
    private void awaitTurn(final int me) {
        final long turn = turns.incrementAndGet(me);
        for (int other = 0; other < KINDS; other++) {
            while (turns.get(other) < turn - LEAD) {
                LockSupport.parkNanos(IDLE_NS);
            }
        }
    }

    private void publish(final Kind kind) {
        final int me = kind.ordinal();
        final Publisher publisher = bus.publisher(STREAM, kind.name());
        final RecordBatch batch = new RecordBatch(SEGMENT_LENGTH);
        final RecordOptions options = new RecordOptions();
        for (long count = 1;; count++) {
            awaitTurn(me);
            final long first = publisher.lastSequence() + 1;
            if (kind == Kind.BATCHES) {
                batch.clear();
                for (long left = 1 + first % MOST_IN_BATCH; left > 0; left--) {
                    final long sequence = first + batch.size();
                    final UnsafeBuffer payload = payload(kind, sequence);
                    batch.add(0, 1, me, sequence, payload, 0, payload.capacity());
                }
                journal.begin(me, first + batch.size() - 1);
                publisher.publishBatch(batch, first);
                journal.end(me, first + batch.size() - 1, count);
                continue;
            }
            final UnsafeBuffer payload = payload(kind, first);
            options.clear();
            if (kind == Kind.KEYED) {
                final byte[] key = Long.toString(first % KEYS).getBytes(StandardCharsets.US_ASCII);
                options.transactionId(first).key(new UnsafeBuffer(key), 0, key.length)
                    .durability(first % 50 == 0 ? Durability.SYNC : null);
            }
            journal.begin(me, first);
            publisher.publish(kind == Kind.KEYED ? 1 + first % KEYS : 0, 1, me, first, first, payload, 0,
                payload.capacity(), options);
            journal.end(me, first, count);
        }
    }
}
