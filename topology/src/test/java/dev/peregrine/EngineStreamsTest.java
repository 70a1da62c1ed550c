/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.EndOfStreamException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.GroupMember;
import dev.peregrine.eventbus.MemberConfig;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.eventbus.Subscription;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an embedder does with streams through the engine alone. */
class EngineStreamsTest {
    private static final int SEGMENT = 1 << 16;
    private static final UnsafeBuffer PAYLOAD = new UnsafeBuffer(new byte[1000]);

    @TempDir
    private Path directory;

    @Test
    void shouldShareTheStreamAmongTheMembersOfAGroup() {
        try (Peregrine engine = Peregrine.open(directory.resolve("data"))) {
            engine.provisionStream(StreamConfig.of("s").withPartitions(2).withSegmentLength(SEGMENT));
            publish(engine, 10);
            final int[] handled = new int[1];
            try (GroupMember one = engine.join("s", "g", MemberConfig.DEFAULT.withName("one"));
                GroupMember two = engine.join("s", "g", MemberConfig.DEFAULT.withName("two"))) {
                while (handled[0] < 10) {
                    one.poll(frame -> handled[0]++, 100);
                    two.poll(frame -> handled[0]++, 100);
                }
                one.commit();
                two.commit();

                assertThat(engine.groups("s")).containsExactly("g");
                assertThat(engine.describeGroup("s", "g").members()).extracting(member -> member.partitions().size())
                    .containsExactly(1, 1);
            }
            assertThat(handled[0]).isEqualTo(10);
            assertThat(engine.subscriptions("s")).containsExactly("g");
        }
    }

    @Test
    void shouldTruncateAndEndAStreamInUse() {
        try (Peregrine engine = Peregrine.open(directory.resolve("data"))) {
            engine.provisionStream(StreamConfig.of("s").withSegmentLength(SEGMENT));
            try (Subscription subscription = engine.subscribe("s", "reader")) {
                publish(engine, 200);

                final long kept = engine.truncateStream("s", 0, 150);
                engine.endStream("s");

                assertThat(kept).isBetween(1L, 150L);
                assertThat(subscription.poll(frame -> { }, 1000)).isEqualTo((int) (200 - kept));
                assertThatThrownBy(() -> publish(engine, 1)).isInstanceOf(EndOfStreamException.class);
            }
        }
    }

    @Test
    void shouldBackUpItsStreams() {
        final Path backup = directory.resolve("backup");
        try (Peregrine engine = Peregrine.open(directory.resolve("data"))) {
            engine.provisionStream(StreamConfig.of("s").withSegmentLength(SEGMENT));
            publish(engine, 7);

            assertThat(engine.schema("s")).isEmpty();
            engine.backupStreams(backup);
        }

        assertThat(EventBus.restore(backup, directory.resolve("restored"), FilesFacade.SYSTEM, bytes -> { })).isEqualTo(7);
    }

    private static void publish(final Peregrine engine, final int records) {
        try (Publisher publisher = engine.publisher("s", "publisher")) {
            for (int i = 0; i < records; i++) {
                publisher.publish(i, 0, 0, i, PAYLOAD, 0, PAYLOAD.capacity());
            }
        }
    }
}
