/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import dev.peregrine.bench.rig.Transport;
import dev.peregrine.log.Durability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A topic of one partition on a real Kafka broker, with acks=all and Kafka's checksums. Where throughput is measured,
 * producers gather batches of up to 128 KiB for 5 ms; where latency is, they send at once and consumers wait for a single
 * byte. Under {@link Durability#INTERVAL} the broker forces every 5 ms, which its readers do not wait for; under
 * {@link Durability#SYNC} it forces whatever arrives together before it acknowledges it, and the sender waits for that.
 */
final class KafkaTransport implements Transport {
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final String topic;
    private final Durability durability;
    private final boolean batches;
    private final String address = KafkaBroker.address();

    /** The directory's name is the topic's; the topic is made where it does not exist. */
    KafkaTransport(final Path directory, final Durability durability, final boolean batches) {
        this.topic = directory.getFileName().toString();
        this.durability = durability;
        this.batches = batches;
        final Map<String, String> forcing = switch (durability) {
            case OS -> Map.of();
            case INTERVAL -> Map.of("flush.ms", "5");
            case SYNC -> Map.of("flush.messages", "1");
        };
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            if (!admin.listTopics().names().get().contains(topic)) {
                admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty()).configs(forcing)))
                    .all().get();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (final ExecutionException e) {
            throw new IllegalStateException("the broker makes no topic: " + e.getCause(), e);
        }
    }

    @Override
    public Sender newSender() {
        final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
            "bootstrap.servers", address, "acks", "all", "buffer.memory", 4 << 20,
            "batch.size", batches ? 128 << 10 : 16 << 10, "linger.ms", batches ? 5 : 0),
            new ByteArraySerializer(), new ByteArraySerializer());
        return new Sender() {
            private byte[] copy = {};

            @Override
            public void send(final DirectBuffer payload, final int length) {
                if (copy.length != length) {
                    copy = new byte[length]; // the producer copies it into its batch before it returns
                }
                payload.getBytes(0, copy);
                final var sent = producer.send(new ProducerRecord<>(topic, 0, null, copy));
                if (durability != Durability.SYNC) {
                    return;
                }
                try {
                    sent.get();
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (final ExecutionException e) {
                    throw new IllegalStateException("Kafka refuses: " + e.getCause(), e);
                }
            }

            @Override
            public void flush() {
                if (batches) {
                    producer.flush();
                }
            }

            @Override
            public void close() {
                producer.close(CLOSE);
            }
        };
    }

    @Override
    public Receiver newReceiver() {
        return newReceiver(false);
    }

    @Override
    public Receiver newTail() {
        return newReceiver(true);
    }

    private Receiver newReceiver(final boolean atEnd) {
        final KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", address,
            "enable.auto.commit", false, "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(), new ByteArrayDeserializer());
        final TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        if (atEnd) {
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition); // where the end is now, not when it polls first
        } else {
            consumer.seekToBeginning(List.of(partition));
        }
        return new Receiver() {
            private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
            private Iterator<ConsumerRecord<byte[], byte[]>> records = List.<ConsumerRecord<byte[], byte[]>>of()
                .iterator();

            @Override
            public int poll(final Payloads handler, final int limit) {
                if (!records.hasNext()) {
                    records = consumer.poll(AT_ONCE).iterator();
                }
                int work = 0;
                while (work < limit && records.hasNext()) {
                    view.wrap(records.next().value());
                    handler.onPayload(view, 0, view.capacity());
                    work++;
                }
                return work;
            }

            @Override
            public void close() {
                consumer.close(CloseOptions.timeout(CLOSE));
            }
        };
    }

    @Override
    public void close() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            admin.deleteTopics(List.of(topic));
        }
    }
}
