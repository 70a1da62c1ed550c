/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.log.ControlledFrameHandler.Action;
import dev.peregrine.log.Frame;
import dev.peregrine.log.RecordOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterTest {
    private static final StreamConfig CLICKS = StreamConfig.of("clicks").withSegmentLength(64 << 10)
        .withDeadLetter(new DeadLetter("dead", 3));
    private static final int BAD = 2;

    @TempDir
    private Path directory;
    private EventBus bus;

    @BeforeEach
    void openBus() {
        bus = EventBus.open(directory, FilesFacade.SYSTEM);
    }

    @AfterEach
    void closeBus() {
        bus.close();
    }

    private void publish(final RecordOptions options) {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[4]);
        try (Publisher publisher = bus.publisher("clicks", "web")) {
            for (int i = 0; i < 5; i++) {
                payload.putInt(0, i);
                publisher.publish(7, 1, 9, 1_000 + i, payload, 0, 4, options);
            }
        }
    }

    private static int value(final Frame frame) {
        return frame.buffer().getInt(frame.payloadOffset());
    }

    private static Map<String, String> headers(final Frame frame) {
        final Map<String, String> headers = new LinkedHashMap<>();
        frame.forEachHeader((buffer, nameOffset, nameLength, valueOffset, valueLength) -> headers.put(
            buffer.getStringWithoutLengthUtf8(nameOffset, nameLength),
            buffer.getStringWithoutLengthUtf8(valueOffset, valueLength)));
        return headers;
    }

    private List<Map<String, String>> deadLetters() {
        final List<Map<String, String>> letters = new ArrayList<>();
        try (Subscription dead = bus.subscribe("dead", "all")) {
            dead.poll(frame -> {
                final Map<String, String> headers = headers(frame);
                headers.put("value", Integer.toString(value(frame)));
                headers.put("template", Integer.toString(frame.templateId()));
                headers.put("key", frame.keyLength() < 0 ? "" : frame.buffer()
                    .getStringWithoutLengthUtf8(frame.keyOffset(), frame.keyLength()));
                letters.add(headers);
            }, 100);
        }
        return letters;
    }

    @Test
    void shouldHandARejectedRecordOverAgainAndThenTakeItToTheDeadLetters() {
        bus.provision(CLICKS);
        final byte[] key = "user-7".getBytes(StandardCharsets.UTF_8);
        publish(new RecordOptions().key(new UnsafeBuffer(key), 0, key.length).header("trace", "abc"));
        final List<Integer> handed = new ArrayList<>();
        final long[] position = {0};
        try (Subscription subscription = bus.subscribe("clicks", "s")) {
            int passed = 0;
            for (int poll = 0; poll < 3; poll++) {
                passed += subscription.poll(frame -> {
                    handed.add(value(frame));
                    if (value(frame) == BAD) {
                        position[0] = frame.position();
                        subscription.reject(frame, "no such user");
                    }
                }, 100);
            }
            assertThat(passed).isEqualTo(5);
            assertThat(handed).containsExactly(0, 1, 2, 2, 2, 3, 4);
            subscription.commit();
        }
        final Map<String, String> letter = deadLetters().get(0);
        assertThat(letter).containsEntry("value", "2").containsEntry("template", "9").containsEntry("key", "user-7")
            .containsEntry("trace", "abc").containsEntry(DeadLetters.STREAM, "clicks")
            .containsEntry(DeadLetters.PARTITION, "0").containsEntry(DeadLetters.OFFSET, "2")
            .containsEntry(DeadLetters.POSITION, Long.toString(position[0]))
            .containsEntry(DeadLetters.TIMESTAMP, "1002").containsEntry(DeadLetters.SUBSCRIPTION, "s")
            .containsEntry(DeadLetters.CAUSE, "no such user").containsEntry(DeadLetters.ATTEMPTS, "3")
            .doesNotContainKey(DeadLetters.CUT);
        assertThat(bus.describeSubscription("clicks", "s").lagRecords()).isZero();
    }

    @Test
    void shouldLetAMemberRejectToo() {
        bus.provision(CLICKS.withDeadLetter(new DeadLetter("dead", 1)));
        publish(null);
        try (GroupMember member = bus.join("clicks", "g")) {
            assertThat(member.poll(frame -> {
                if (value(frame) != BAD) {
                    member.reject(frame, "odd one out");
                }
            }, 100)).isEqualTo(5);
            member.commit();
        }
        assertThat(deadLetters()).extracting(letter -> letter.get("value")).containsExactly("0", "1", "3", "4");
        assertThat(bus.describeGroup("clicks", "g").lagRecords()).isZero();
    }

    @Test
    void shouldStayAtARejectedRecordForEverWithoutDeadLetters() {
        bus.provision(CLICKS.withDeadLetter(DeadLetter.NONE));
        publish(null);
        try (Subscription subscription = bus.subscribe("clicks", "s")) {
            for (int poll = 0; poll < 10; poll++) {
                assertThat(subscription.poll(frame -> subscription.reject(frame, "no"), 100)).isZero();
            }
            subscription.commit();
            assertThat(subscription.offset(0)).isZero();
            bus.alter(CLICKS); // while it reads
            assertThat(subscription.poll(frame -> subscription.reject(frame, "no"), 1)).isEqualTo(1);
        }
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    void shouldLetAControlledHandlerReject() {
        bus.provision(CLICKS);
        publish(null);
        try (Subscription subscription = bus.subscribe("clicks", "s")) {
            for (int poll = 0; poll < 3; poll++) {
                subscription.controlledPoll(frame -> {
                    if (value(frame) == BAD) {
                        subscription.reject(frame, "no");
                    }
                    return Action.COMMIT;
                }, 100);
            }
            assertThat(subscription.offset(0)).isEqualTo(5);
        }
        assertThat(deadLetters()).hasSize(1);
        assertThat(bus.describeSubscription("clicks", "s").lagRecords()).isZero();
    }

    private static void fill(
        final RecordOptions options, final byte[] name, final UnsafeBuffer value, final int length) {
        try {
            while (true) {
                options.header(name, value, 0, length);
            }
        } catch (final IllegalArgumentException full) {
            assertThat(options.extensionLength()).isPositive();
        }
    }

    @Test
    void shouldLeaveOutHeadersThatDoNotFit() {
        bus.provision(CLICKS.withDeadLetter(new DeadLetter("dead", 1)).withSegmentLength(16 << 20));
        final UnsafeBuffer large = new UnsafeBuffer(new byte[60_000]);
        final byte[] name = "large".getBytes(StandardCharsets.UTF_8);
        final RecordOptions options = new RecordOptions();
        for (int length = large.capacity(); length > 0; length /= 10) {
            fill(options, name, large, length);
        }
        publish(options);
        try (Subscription subscription = bus.subscribe("clicks", "s")) {
            subscription.poll(frame -> subscription.reject(frame, "x".repeat(10_000)), 100);
        }
        final List<Map<String, String>> letters = deadLetters();
        assertThat(letters).hasSize(5);
        assertThat(letters.get(0)).containsEntry(DeadLetters.CUT, "true").doesNotContainKey("large")
           .containsKey(DeadLetters.OFFSET);
        assertThat(letters.get(0).get(DeadLetters.CAUSE)).hasSize(1_000);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        bus.provision(CLICKS);
        publish(null);
        try (Subscription subscription = bus.subscribe("clicks", "s")) {
            final Frame[] kept = new Frame[1];
            subscription.poll(frame -> kept[0] = frame, 1);
            assertThatThrownBy(() -> subscription.reject(kept[0], "late")).isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> CLICKS.withDeadLetter(new DeadLetter("clicks", 1)))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("its own");
        assertThatThrownBy(() -> CLICKS.withDeadLetter(new DeadLetter("../x", 1)))
            .isInstanceOf(ConfigurationException.class);
    }
}
