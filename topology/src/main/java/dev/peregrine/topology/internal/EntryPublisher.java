/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import static dev.peregrine.topology.internal.OutputEntryDescriptor.HEADERS_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.KEY_HASH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.KEY_LENGTH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.LENGTH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.PAYLOAD_LENGTH_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.PAYLOAD_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.SCHEMA_ID_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.TEMPLATE_ID_OFFSET;
import static dev.peregrine.topology.internal.OutputEntryDescriptor.TIMESTAMP_OFFSET;

import dev.peregrine.eventbus.Publisher;
import dev.peregrine.log.RecordOptions;
import org.agrona.DirectBuffer;

/** Publishes entries under their sequences; one whose sequence is in the stream already is passed over. */
final class EntryPublisher implements AutoCloseable {
    private final Publisher publisher;
    private final RecordOptions options = new RecordOptions();

    EntryPublisher(final Publisher publisher) {
        this.publisher = publisher;
    }

    long lastSequence() {
        return publisher.lastSequence();
    }

    String stream() {
        return publisher.stream().name();
    }

    String name() {
        return publisher.name();
    }

    /** Publishes all entries of a stretch, the first under the given sequence; returns their number. */
    int publishAll(final DirectBuffer entries, final int offset, final int end, final long firstSequence) {
        int count = 0;
        for (int at = offset; at < end; at += entries.getInt(at + LENGTH_OFFSET)) {
            publish(entries, at, firstSequence + count);
            count++;
        }
        return count;
    }

    void publish(final DirectBuffer entries, final int at, final long sequence) {
        final boolean plain = entries.getInt(at + KEY_LENGTH_OFFSET) < 0 && entries.getInt(at + HEADERS_OFFSET) == 0;
        publisher.publish(entries.getLong(at + KEY_HASH_OFFSET), entries.getInt(at + SCHEMA_ID_OFFSET),
            entries.getInt(at + TEMPLATE_ID_OFFSET), entries.getLong(at + TIMESTAMP_OFFSET), sequence, entries,
            at + PAYLOAD_OFFSET, entries.getInt(at + PAYLOAD_LENGTH_OFFSET), plain ? null : optionsOf(entries, at));
    }

    private RecordOptions optionsOf(final DirectBuffer entries, final int at) {
        options.clear();
        int next = at + PAYLOAD_OFFSET + entries.getInt(at + PAYLOAD_LENGTH_OFFSET);
        final int keyLength = entries.getInt(at + KEY_LENGTH_OFFSET);
        if (keyLength >= 0) {
            options.key(entries, next, keyLength);
            next += keyLength;
        }
        for (int i = entries.getInt(at + HEADERS_OFFSET); i > 0; i--) {
            final byte[] name = new byte[entries.getInt(next)]; // records with headers are rare: dead letters
            final int valueLength = entries.getInt(next + Integer.BYTES);
            next += 2 * Integer.BYTES;
            entries.getBytes(next, name);
            options.header(name, entries, next + name.length, valueLength);
            next += name.length + valueLength;
        }
        return options;
    }

    @Override
    public void close() {
        publisher.close();
    }
}
