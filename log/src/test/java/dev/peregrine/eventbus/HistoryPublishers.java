/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.EndOfStreamException;
import dev.peregrine.log.Durability;
import dev.peregrine.log.PartitionLog;
import dev.peregrine.log.RecordBatch;
import dev.peregrine.log.RecordOptions;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;

/** The publishers of a {@link StreamHistory}: make records up, publish them in every way and tell the model. */
final class HistoryPublishers {
    static final int COUNT = 3;
    private static final int KEYS = 12;

    /** Changes with each restart. */
    private final Supplier<EventBus> bus;
    private final BooleanSupplier ended;
    private final StreamModel model;
    private final SplittableRandom random;
    private final RecordOptions options = new RecordOptions();
    private final RecordBatch batch = new RecordBatch(StreamHistory.SEGMENT_LENGTH);
    private final long[] transactionIds = new long[COUNT];
    private final Publisher[] publishers = new Publisher[COUNT];
    private long clockNs = 1_000_000_000;

    HistoryPublishers(
        final Supplier<EventBus> bus, final BooleanSupplier ended, final StreamModel model, final SplittableRandom random) {
        this.bus = bus;
        this.ended = ended;
        this.model = model;
        this.random = random;
    }

    private PartitionLog log() {
        return bus.get().stream(StreamHistory.STREAM).partition(0);
    }

    private Publisher publisher(final int number) {
        if (publishers[number] == null) {
            publishers[number] = bus.get().publisher(StreamHistory.STREAM, "p" + number);
        }
        return publishers[number];
    }

    boolean areOpen() {
        boolean open = false;
        for (final Publisher publisher : publishers) {
            open |= publisher != null;
        }
        return open;
    }

    void close() {
        for (int i = 0; i < COUNT; i++) {
            if (publishers[i] != null) {
                publishers[i].close();
                publishers[i] = null;
            }
        }
    }

    /** Makes a record up, and sets the options to what it has beside its payload. */
    private StreamModel.Entry newEntry(final int publisher, final long sequence, final int longest) {
        clockNs += random.nextInt(1_000) - (random.nextInt(30) == 0 ? 5_000 : 0); // the clock is stepped back at times
        options.clear();
        final String key = random.nextInt(3) == 0 ? null : "key-" + random.nextInt(KEYS);
        if (key != null) {
            final byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
            options.key(new UnsafeBuffer(bytes), 0, bytes.length);
        }
        long transactionId = -1;
        if (random.nextInt(3) == 0) {
            transactionIds[publisher] += random.nextInt(3);
            transactionId = transactionIds[publisher];
            options.transactionId(transactionId);
        }
        if (sequence % 7 == 0) {
            options.header(StreamModel.HEADER, Long.toString(sequence));
        }
        if (random.nextInt(20) == 0) {
            options.durability(Durability.values()[random.nextInt(3)]);
        }
        final byte[] payload = new byte[random.nextInt(20) == 0 ? 0 : random.nextInt(longest)];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (sequence * 31 + publisher + i * (i >> 8));
        }
        return new StreamModel.Entry(
            Publisher.producerId("p" + publisher), sequence, clockNs, transactionId, key, payload);
    }

    private long nextSequence(final int publisher) {
        return model.lastSequence(Publisher.producerId("p" + publisher), 0) + 1;
    }

    private static long hashOf(final StreamModel.Entry entry) {
        return entry.key() == null ? 0 : KeyHash.of(entry.key());
    }

    private boolean refuses(final int publisher) {
        if (ended.getAsBoolean()) {
            assertThatThrownBy(() -> {
                final UnsafeBuffer payload = new UnsafeBuffer(new byte[1]);
                publisher(publisher).publish(0, 1, 1, 0, Long.MAX_VALUE, payload, 0, 1);
            }).isInstanceOf(EndOfStreamException.class);
        }
        return ended.getAsBoolean();
    }

    void publish(final int records, final int longest) {
        final int number = random.nextInt(COUNT);
        if (refuses(number)) {
            return;
        }
        for (int i = 0; i < records; i++) {
            final StreamModel.Entry entry = newEntry(number, nextSequence(number), longest);
            final long end = publisher(number).publish(hashOf(entry), 1, 2, entry.timestampNs(), entry.sequence(),
                new UnsafeBuffer(entry.payload()), 0, entry.payload().length, options);
            model.add(entry);
            assertThat(end).isEqualTo(log().appendedPosition());
        }
    }

    void publishBatch() {
        final int number = random.nextInt(COUNT);
        if (refuses(number)) {
            return;
        }
        batch.clear();
        final long first = nextSequence(number);
        for (int i = random.nextInt(1, 60); i > 0; i--) {
            final StreamModel.Entry entry = newEntry(number, first + batch.size(), 400);
            if (batch.add(hashOf(entry), 1, 2, entry.timestampNs(), new UnsafeBuffer(entry.payload()), 0,
                entry.payload().length, options)) {
                model.add(entry);
            }
        }
        assertThat(publisher(number).publishBatch(batch, first)).isEqualTo(log().appendedPosition());
        assertThat(publisher(number).publishBatch(batch, first)).isEqualTo(Publisher.DUPLICATE);
    }

    void tryPublish() {
        final int number = random.nextInt(COUNT);
        if (refuses(number)) {
            return;
        }
        for (int i = 0; i < 100; i++) {
            final StreamModel.Entry entry = newEntry(number, nextSequence(number), 2_000);
            final long end = publisher(number).tryPublish(hashOf(entry), 1, 2, entry.timestampNs(), entry.sequence(),
                new UnsafeBuffer(entry.payload()), 0, entry.payload().length, options);
            if (end == Publisher.NO_ROOM) {
                break;
            }
            model.add(entry);
        }
    }

    void publishAgain() {
        final int number = random.nextInt(COUNT);
        final long last = publisherOrNone(number);
        if (last >= 0) {
            final UnsafeBuffer payload = new UnsafeBuffer(new byte[1]);
            assertThat(publisher(number).publish(0, 1, 1, 0, last - random.nextLong(last + 1), payload, 0, 1))
                .isEqualTo(Publisher.DUPLICATE);
        }
    }

    /** Highest sequence that a publisher knows of: of all that is kept, or of all that there was. */
    private long publisherOrNone(final int number) {
        if (ended.getAsBoolean()) {
            return -1;
        }
        final long producer = Publisher.producerId("p" + number);
        final long last = publisher(number).lastSequence();
        assertThat(last).isIn(model.lastSequence(producer, 0), model.lastSequence(producer, model.start()));
        return last;
    }

    void abort() {
        final int number = random.nextInt(COUNT);
        if (!refuses(number)) {
            publisher(number).claim(1, random.nextInt(20_000));
            publisher(number).abort();
        }
    }

    /** Publishes a record behind a claim that stays open until {@link #abortClaim}. */
    void publishBehindClaim() {
        publisher(0).claim(1, random.nextInt(3_000));
        final StreamModel.Entry entry = newEntry(1, nextSequence(1), 600);
        publisher(1).publish(hashOf(entry), 1, 2, entry.timestampNs(), entry.sequence(),
            new UnsafeBuffer(entry.payload()), 0, entry.payload().length, options.durability(Durability.OS));
        model.add(entry);
    }

    void abortClaim() {
        publisher(0).abort();
    }
}
