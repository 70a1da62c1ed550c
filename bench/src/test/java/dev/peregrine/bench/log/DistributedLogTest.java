/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.bench.rig.Payload;
import dev.peregrine.bench.rig.Transport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The peer keeps what it acknowledges: else its figures would mean nothing. */
@Timeout(120)
class DistributedLogTest {
    private static final int BYTES = 100;
    private static final int RECORDS = 500;

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"os", "sync"})
    void shouldHandOverWhatWasSentInOrder(final String level) {
        final List<Long> read = new ArrayList<>();
        try (Transport log = LogTransports.open("distributedlog", Path.of("test-" + level), level);
            Transport.Sender sender = log.newSender()) {
            final UnsafeBuffer payload = Payload.of(BYTES);
            for (long i = 0; i < RECORDS; i++) {
                payload.putLong(0, i);
                sender.send(payload, BYTES);
            }
            sender.flush();
            sender.send(payload, BYTES); // a reader sees a record when the next has come
            sender.flush();
            try (Transport.Receiver receiver = log.newReceiver()) {
                while (read.size() < RECORDS) {
                    receiver.poll((buffer, offset, length) -> read.add(buffer.getLong(offset)), RECORDS - read.size());
                }
            }
        }
        assertThat(read).isEqualTo(LongStream.range(0, RECORDS).boxed().toList());
    }

    @Test
    void shouldRefuseAnInterval() {
        assertThatThrownBy(() -> LogTransports.open("distributedlog", Path.of("test"), "interval"))
            .isInstanceOf(IllegalArgumentException.class);
    }
}
