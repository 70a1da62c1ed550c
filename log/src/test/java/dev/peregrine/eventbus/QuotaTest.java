/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.QuotaExceededException;
import dev.peregrine.core.files.FilesFacade;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuotaTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final UnsafeBuffer PAYLOAD = new UnsafeBuffer(new byte[100]);
    private static final StreamConfig CLICKS = StreamConfig.of("clicks").withSegmentLength(64 << 10);

    @TempDir
    private Path directory;
    private final ManualClock clock = new ManualClock();
    private EventBus bus;

    @BeforeEach
    void openBus() {
        bus = EventBus.open(directory, FilesFacade.SYSTEM, clock);
    }

    @AfterEach
    void closeBus() {
        bus.close();
    }

    private void provision(
        final RateLimit stream, final RateLimit client, final Map<String, RateLimit> clients,
        final Limits.OnExceed onExceed) {
        bus.provision(CLICKS.withLimits(
            Limits.NONE.withStream(stream).withClient(client).withClients(clients).withOnExceed(onExceed)));
    }

    private void provision(final RateLimit client, final Limits.OnExceed onExceed) {
        provision(RateLimit.NONE, client, Map.of(), onExceed);
    }

    private static RateLimit hard(final long records, final long bytes) {
        return new RateLimit(0, 0, records, bytes);
    }

    private static void publish(final Publisher publisher, final int records) {
        for (int i = 0; i < records; i++) {
            publisher.publish(i, 1, 1, 0, PAYLOAD, 0, 100);
        }
    }

    private static int publishUntilRefused(final Publisher publisher) {
        int published = 0;
        try {
            while (published < 1_000_000) {
                publish(publisher, 1);
                published++;
            }
        } catch (final QuotaExceededException e) {
            return published;
        }
        return published;
    }

    private int readable() {
        try (Subscription all = bus.subscribe("clicks", "all")) {
            return all.poll(frame -> { }, Integer.MAX_VALUE);
        }
    }

    @Test
    void shouldCountWithoutLimits() {
        bus.provision(CLICKS);
        try (Publisher web = bus.publisher("clicks", "web"); Publisher app = bus.publisher("clicks", "app")) {
            publish(web, 3);
            publish(app, 2);
        }
        final StreamUsage usage = bus.usage("clicks");
        assertThat(usage.limits()).isEqualTo(Limits.NONE);
        assertThat(usage.clients()).containsExactly(
            new ClientUsage("app", 2, 200, 0, 0, 0), new ClientUsage("web", 3, 300, 0, 0, 0));
        assertThat(usage.total()).isEqualTo(new ClientUsage("*", 5, 500, 0, 0, 0));
        assertThat(bus.describe("clicks").usage()).isEqualTo(usage);
    }

    @Test
    void shouldRefuseOverAHardLimitAndSayWhich() {
        provision(hard(10, 0), Limits.OnExceed.REFUSE);
        try (Publisher web = bus.publisher("clicks", "web")) {
            publish(web, 10);
            final QuotaExceededException refused =
                catchThrowableOfType(QuotaExceededException.class, () -> publish(web, 1));
            assertThat(refused.stream()).isEqualTo("clicks");
            assertThat(refused.client()).isEqualTo("web");
            assertThat(refused.limit()).isEqualTo("limits.client.hard-records");
            assertThat(refused.perSecond()).isEqualTo(10);
            assertThat(refused).hasMessageContaining("limits.client.hard-records = 10 per second of stream clicks");
            clock.advance(SECOND / 2);
            assertThat(publishUntilRefused(web)).isEqualTo(5);
            assertThat(web.lastSequence()).isEqualTo(14);
        }
        assertThat(bus.usage("clicks").total()).isEqualTo(new ClientUsage("*", 15, 1_500, 0, 2, 0));
        assertThat(readable()).isEqualTo(15);
    }

    /** Between two looks at the clock a client publishes on credit, which it pays back. */
    @Test
    void shouldKeepToAFastLimitOverTime() {
        final int perSecond = 50_000;
        final int credit = perSecond / 4_096;
        provision(RateLimit.NONE.withHardRecords(perSecond), RateLimit.NONE, Map.of(), Limits.OnExceed.REFUSE);
        try (Publisher web = bus.publisher("clicks", "web"); Publisher app = bus.publisher("clicks", "app")) {
            int published = 0;
            for (int second = 1; second <= 3; second++) {
                published += publishUntilRefused(web) + publishUntilRefused(app);
                assertThat(published).isBetween(second * perSecond - credit, second * perSecond + credit);
                clock.advance(SECOND);
            }
            assertThat(bus.usage("clicks").total().records()).isEqualTo(published);
        }
    }

    @Test
    void shouldCountWhatIsOverAFastLimit() {
        final int perSecond = 50_000;
        final long credit = perSecond / 4_096;
        provision(RateLimit.NONE.withSoftRecords(perSecond), RateLimit.NONE.withHardBytes(100L * perSecond), Map.of(),
            Limits.OnExceed.COUNT);
        try (Publisher web = bus.publisher("clicks", "web")) {
            publish(web, 2 * perSecond);
        }
        final ClientUsage usage = bus.usage("clicks").total();
        assertThat(usage.overSoft()).isBetween(perSecond - credit, perSecond + credit);
        assertThat(usage.overHard()).isBetween(perSecond - credit, perSecond + credit);
    }

    @Test
    void shouldLeaveASecondsWorthToAClientThatWasIdle() {
        final int perSecond = 100_000;
        provision(new RateLimit(perSecond, 0, perSecond, 0), Limits.OnExceed.REFUSE);
        try (Publisher web = bus.publisher("clicks", "web")) {
            publish(web, 10); // the first takes its part, the others are on credit
            clock.advance(10 * SECOND);
            publish(web, perSecond);
            assertThat(bus.usage("clicks").total().overSoft()).isZero();
        }
    }

    @Test
    void shouldNotFillTheBucketWhenAPublisherIsOpenedAnew() {
        provision(hard(10, 0), Limits.OnExceed.REFUSE);
        try (Publisher web = bus.publisher("clicks", "web")) {
            publish(web, 10);
        }
        try (Publisher web = bus.publisher("clicks", "web"); Publisher app = bus.publisher("clicks", "app")) {
            assertThat(publishUntilRefused(web)).isZero();
            assertThat(publishUntilRefused(app)).isEqualTo(10);
        }
    }

    @Test
    void shouldLimitBytesOfNamedClientsAndOfTheStream() {
        provision(hard(0, 3_000), hard(0, 1_000), Map.of("big.one", hard(0, 5_000)), Limits.OnExceed.REFUSE);
        try (Publisher small = bus.publisher("clicks", "small"); Publisher big = bus.publisher("clicks", "big.one")) {
            assertThat(publishUntilRefused(small)).isEqualTo(10);
            assertThatThrownBy(() -> publish(small, 1)).hasMessageContaining("limits.client.hard-bytes = 1000");
            assertThat(publishUntilRefused(big)).isEqualTo(20); // what the stream has left
            assertThatThrownBy(() -> publish(big, 1)).hasMessageContaining("limits.stream.hard-bytes = 3000");
            clock.advance(100 * SECOND);
            publish(big, 30);
            clock.advance(100 * SECOND);
            assertThat(publishUntilRefused(small)).isEqualTo(10); // what the stream refused did not cost them anything
        }
    }

    @Test
    void shouldPublishOverASoftLimitAndCountIt() {
        provision(new RateLimit(0, 500, 0, 0), new RateLimit(10, 0, 0, 0), Map.of(), Limits.OnExceed.REFUSE);
        try (Publisher web = bus.publisher("clicks", "web")) {
            publish(web, 12);
        }
        assertThat(bus.usage("clicks").total()).isEqualTo(new ClientUsage("*", 12, 1_200, 7, 0, 0));
        assertThat(readable()).isEqualTo(12);
    }

    @Test
    void shouldOnlyCountInTheDark() {
        provision(hard(10, 0), Limits.OnExceed.COUNT);
        try (Publisher web = bus.publisher("clicks", "web")) {
            publish(web, 25);
        }
        assertThat(bus.usage("clicks").total()).isEqualTo(new ClientUsage("*", 25, 2_500, 0, 15, 0));
        assertThat(readable()).isEqualTo(25);
    }

    @Test
    void shouldHoldAPublisherUpAndCountHowLong() {
        provision(hard(10, 0), Limits.OnExceed.BLOCK);
        final long start = clock.nanoTime();
        try (Publisher web = bus.publisher("clicks", "web")) {
            publish(web, 35);
        }
        final long took = clock.nanoTime() - start;
        assertThat(took).isBetween(5 * SECOND / 2, 5 * SECOND / 2 + SECOND / 10);
        final ClientUsage used = bus.usage("clicks").total();
        assertThat(used.records()).isEqualTo(35);
        assertThat(used.overHard()).isEqualTo(25);
        assertThat(used.blockedNs()).isEqualTo(took);
    }

    @Test
    void shouldRefuseAnInterruptedPublisherThatWaits() {
        provision(hard(1, 0), Limits.OnExceed.BLOCK);
        try (Publisher web = bus.publisher("clicks", "web")) {
            publish(web, 1);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> publish(web, 1)).isInstanceOf(QuotaExceededException.class)
                .hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
            publish(web, 1); // the name and the claim are as before
        }
        assertThat(readable()).isEqualTo(2);
    }

    @Test
    void shouldAlterLimitsWhileAPublisherIsOpen() {
        provision(hard(10, 0), Limits.OnExceed.REFUSE);
        final StreamConfig raised = CLICKS.withLimits(Limits.NONE.withClient(hard(20, 0)));
        try (Publisher web = bus.publisher("clicks", "web")) {
            assertThat(publishUntilRefused(web)).isEqualTo(10);
            bus.alter(raised);
            assertThat(publishUntilRefused(web)).isEqualTo(20);
            bus.alter(raised.withDeadLetter(new DeadLetter("dead", 2))); // and what has not changed goes on
            assertThat(publishUntilRefused(web)).isZero();
            assertThatThrownBy(() -> bus.alter(raised.withCopies(2))).isInstanceOf(ConfigurationException.class);
            bus.alter(CLICKS);
            publish(web, 100);
        }
        bus.alter(raised);
        bus.close();
        openBus();
        assertThat(bus.stream("clicks").config()).isEqualTo(raised);
    }

    @ParameterizedTest
    @EnumSource(value = Limits.OnExceed.class, names = {"REFUSE", "BLOCK"})
    void shouldAnswerATryOverTheLimitAndNeitherThrowNorWait(final Limits.OnExceed onExceed) {
        provision(hard(10, 0), onExceed);
        try (Publisher publisher = bus.publisher("clicks", "web")) {
            bus.doHousekeeping(); // makes room
            long last = 0;
            int published = 0;
            while ((last = publisher.tryPublish(1, 1, 1, 0, PAYLOAD, 0, 100, null)) > 0) {
                published++;
            }
            assertThat(last).isEqualTo(Publisher.OVER_LIMIT);
            assertThat(publisher.tryClaim(1, 100, null)).isEqualTo(Publisher.OVER_LIMIT);
            assertThat(bus.usage("clicks").total()).satisfies(total -> {
                assertThat(total.overHard()).isEqualTo(2);
                assertThat(total.blockedNs()).isZero();
            });
            assertThat(bus.usage("clicks").total().records()).isEqualTo(published);
            assertThat(publisher.lastSequence()).isEqualTo(published - 1);
            clock.advance(SECOND);
            assertThat(publisher.tryPublish(1, 1, 1, 0, PAYLOAD, 0, 100, null)).isPositive();
            assertThat(readable()).isEqualTo(published + 1);
        }
    }

    @Test
    void shouldOnlyCountATryOverTheLimitInDarkMode() {
        provision(hard(1, 0), Limits.OnExceed.COUNT);
        try (Publisher publisher = bus.publisher("clicks", "web")) {
            bus.doHousekeeping(); // makes room
            for (int i = 0; i < 20; i++) {
                assertThat(publisher.tryPublish(1, 1, 1, 0, PAYLOAD, 0, 100, null)).isPositive();
            }
        }
        assertThat(bus.usage("clicks").total().overHard()).isEqualTo(19);
        assertThat(readable()).isEqualTo(20);
    }
}
