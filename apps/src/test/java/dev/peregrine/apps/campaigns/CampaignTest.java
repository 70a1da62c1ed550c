/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.campaigns;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.peregrine.Peregrine;
import dev.peregrine.apps.campaigns.codec.AdEventDecoder;
import dev.peregrine.apps.campaigns.codec.CampaignCountDecoder;
import dev.peregrine.apps.campaigns.codec.EventType;
import dev.peregrine.apps.campaigns.codec.MessageHeaderDecoder;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class CampaignTest {
    private static final Campaigns CAMPAIGNS = Campaigns.published();
    private static final CampaignGenerator GENERATOR = new CampaignGenerator(CAMPAIGNS, 7, 500);
    private static final int EVENTS = 20_000;
    private static final long TEN_SECONDS = 10_000_000_000L;

    @TempDir
    private Path directory;

    private record Ad(long timeNs, UUID ad, EventType kind) {
    }

    /** A campaign in a window. */
    private record Window(long campaign, long startNs) {
    }

    private static List<Ad> events() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[CampaignGenerator.LENGTH]);
        final AdEventDecoder decoder = new AdEventDecoder();
        return IntStream.range(0, EVENTS).mapToObj(i -> {
            GENERATOR.event(i, buffer, 0);
            decoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
            return new Ad(decoder.eventTimeNs(), new UUID(decoder.ad().high(), decoder.ad().low()), decoder.eventType());
        }).toList();
    }

    private static Map<UUID, Integer> campaignOfAd() {
        final Map<UUID, Integer> campaigns = new HashMap<>();
        for (int ad = 0; ad < 1_000; ad++) {
            campaigns.put(new UUID(CAMPAIGNS.high(ad), CAMPAIGNS.low(ad)), ad / 10);
        }
        return campaigns;
    }

    private static Map<Window, Long> expected() {
        final Map<UUID, Integer> campaigns = campaignOfAd();
        final Map<Window, Long> counts = new HashMap<>();
        for (final Ad event : events()) {
            if (event.kind() == EventType.VIEW) {
                counts.merge(new Window(campaigns.get(event.ad()), event.timeNs() / TEN_SECONDS * TEN_SECONDS), 1L,
                    Long::sum);
            }
        }
        return counts;
    }

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("ad-events").withSegmentLength(8 << 20));
        engine.provisionTable(TableConfig.of("campaigns"));
        return engine;
    }

    private static void publish(final Peregrine engine) {
        try (Publisher publisher = engine.publisher("ad-events", "test")) {
            for (int i = 0; i < EVENTS; i++) {
                GENERATOR.publish(i, publisher);
            }
        }
    }

    @Test
    void shouldHaveHundredCampaignsOfTenAds() {
        assertThat(campaignOfAd()).hasSize(1_000);
        campaignOfAd().forEach((ad, campaign) -> assertThat(
            CAMPAIGNS.campaignOf(ad.getMostSignificantBits(), ad.getLeastSignificantBits())).isEqualTo(campaign));
        assertThat(CAMPAIGNS.campaignOf(1, 2)).isEqualTo(Campaigns.NONE);
    }

    @Test
    void shouldMakeAsManyViewsAsClicksAndPurchases() {
        for (final EventType kind : List.of(EventType.VIEW, EventType.CLICK, EventType.PURCHASE)) {
            assertThat((double) events().stream().filter(event -> event.kind() == kind).count())
                .isCloseTo(EVENTS / 3.0, Percentage.withPercentage(3));
        }
        assertThat(events().stream().map(Ad::ad).distinct()).hasSize(1_000);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2"})
    void shouldCountViewsPerCampaignAndWindow(final int threads, final int parallelism) throws Exception {
        final Map<Window, Long> counts = new ConcurrentHashMap<>();
        final Map<Window, Long> ended = new ConcurrentHashMap<>();
        try (Peregrine engine = open()) {
            final RunningTopology topology = engine.submit(CampaignTopology.create(
                "campaigns", "ad-events", threads, parallelism, Campaigns::published, () -> (Stage) (event, out) -> {
                    final CampaignCountDecoder decoder = new CampaignCountDecoder()
                        .wrapAndApplyHeader(event.buffer(), event.offset(), new MessageHeaderDecoder());
                    final Window window = new Window(decoder.campaign(), decoder.windowStartNs());
                    counts.merge(window, decoder.views(), Math::max);
                    if (decoder.isFinal() == 1) {
                        assertThat(ended.put(window, decoder.views())).isNull();
                    }
                }));
            publish(engine);
            topology.awaitDrained();
            assertThat(topology.failure()).isNull();
        }
        final Map<Window, Long> expected = expected();
        assertThat(counts).isEqualTo(expected).hasSize(400);
        final long lastWindow = GENERATOR.timeNs(EVENTS - 1) / TEN_SECONDS * TEN_SECONDS;
        expected.keySet().removeIf(window -> window.startNs() == lastWindow);
        assertThat(ended).isEqualTo(expected);
    }

    @Test
    void shouldKeepCountsInItsTable() throws Exception {
        try (Peregrine engine = open()) {
            final RunningTopology topology =
                engine.submit(new CampaignTopology().create("campaigns", ConfigFactory.empty()));
            publish(engine);
            topology.awaitDrained();
            expected().forEach((window, views) -> assertThat(engine.table("campaigns").getLong(
                window.campaign() + "@" + window.startNs() / 1_000_000_000, "views", 0)).isEqualTo(views));
        }
    }
}
