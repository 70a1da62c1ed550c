/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.log.Durability;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamConfigFormatTest {
    private static final StreamConfig FULL = StreamConfig.of("clicks").withPartitions(3).withSegmentLength(1 << 20)
        .withDurability(Durability.INTERVAL, 7).withRetention(new Retention(1000, 2000, true))
        .withLimits(new Limits(new RateLimit(1, 2, 3, 4), new RateLimit(5, 6, 7, 8),
            Map.of("a.b \"c", new RateLimit(9, 10, 11, 12)), Limits.OnExceed.BLOCK))
        .withSchema("ads.xml").withDeadLetter(new DeadLetter("dead", 5)).withCompressionLevel(9)
        .withCompaction(new Compaction(true, 13, 14)).withCopies(2).withDamage(DamagePolicy.SKIP)
        .withHoleTimeout(250);

    @Test
    void shouldReadWhatItWrites() {
        final String text = StreamConfigFormat.write(FULL).root()
            .render(ConfigRenderOptions.concise().setFormatted(true).setJson(false));
        assertThat(StreamConfigFormat.read("clicks", ConfigFactory.parseString(text))).isEqualTo(FULL);
    }

    @Test
    void shouldTakeDefaultsForWhatIsAbsent() {
        assertThat(StreamConfigFormat.read("clicks", ConfigFactory.empty())).isEqualTo(StreamConfig.of("clicks"));
    }

    @Test
    void shouldLeaveWhatIsAbsentAsItIs() {
        assertThat(StreamConfigFormat.change(FULL, ConfigFactory.parseString("limits.client.hard-bytes = 1MiB")))
            .isEqualTo(FULL.withLimits(new Limits(FULL.limits().stream(), new RateLimit(5, 6, 7, 1 << 20),
                FULL.limits().clients(), Limits.OnExceed.BLOCK)));
    }

    @Test
    void shouldMakeLimitsByNames() {
        final RateLimit stream = RateLimit.NONE.withSoftRecords(1).withSoftBytes(2).withHardRecords(3).withHardBytes(4);
        final RateLimit client = new RateLimit(5, 6, 7, 8);
        assertThat(Limits.NONE.withStream(stream).withClient(client).withClient("a.b \"c", new RateLimit(9, 10, 11, 12))
            .withOnExceed(Limits.OnExceed.BLOCK)).isEqualTo(FULL.limits());
        assertThat(FULL.limits().withClients(Map.of()).withClient("x", stream).clients()).isEqualTo(Map.of("x", stream));
    }

    @Test
    void shouldTakeRetentionAsAnAge() {
        assertThat(StreamConfigFormat.read("clicks", ConfigFactory.parseString("retention = 7d")).retention())
            .isEqualTo(new Retention(7L * 24 * 60 * 60 * 1000, 0, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "retention.ages = 7d                    | did you mean 'age'",
        "retention = often                      | often",
        "retention.age = -1s                    | negative",
        "limits.clients.x.hard-record = 5       | did you mean 'hard-records'",
        "limits.client.hard-records = -5        | negative",
        "limits.client = 5                      | client",
        "limits = 5                             | limits",
        "limits.on-exceed = explode             | [refuse, block, count]",
        "compression = gzip                     | zstd",
        "compression = \"zstd:0\"               | zstd",
        "compression = \"zstd:x\"               | zstd",
        "compression = \"zstd:20\"              | 19",
        "dead-letter.attempts = 0               | at least once",
        "copies = 3                             | 1 or 2 copies",
        "damage = ignore                        | [stop, skip]",
        "hole-timeout = 0s                      | 1 ms to a day, not 0 ms",
        "hole-timeout = 2d                      | 1 ms to a day",
        "hole-timeouts = 2s                     | did you mean 'hole-timeout'",
        "durability = never                     | interval 5ms",
    })
    void shouldRefuseWhatMeansNothing(final String settings, final String reason) {
        assertThatThrownBy(() -> StreamConfigFormat.read("clicks", ConfigFactory.parseString(settings)))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining(reason);
    }
}
