/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.peregrine.apps.nexmark.Event.Auction;
import dev.peregrine.apps.nexmark.Event.Bid;
import dev.peregrine.apps.nexmark.Event.Person;
import dev.peregrine.core.error.ConfigurationException;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The generator against what is published of it. */
class NexmarkGeneratorTest {
    private static final NexmarkConfig CONFIG = NexmarkConfig.published();
    private static final int EVENTS = 100_000;
    private static final List<Event> ALL = Event.first(CONFIG, EVENTS);

    private static <T extends Event> List<T> all(final Class<T> kind) {
        return ALL.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static <T> double mean(final List<T> events, final ToDoubleFunction<T> figure) {
        return events.stream().mapToDouble(figure).average().orElseThrow();
    }

    @Test
    void shouldMakeOnePersonThreeAuctionsAndFortySixBidsOfFiftyEvents() {
        for (int i = 0; i < EVENTS; i++) {
            final Class<?> expected = i % 50 == 0 ? Person.class : i % 50 <= 3 ? Auction.class : Bid.class;
            assertThat(ALL.get(i)).isInstanceOf(expected);
        }
    }

    @Test
    void shouldNumberPersonsAndAuctionsFrom1000On() {
        final List<Person> persons = all(Person.class);
        final List<Auction> auctions = all(Auction.class);
        for (int i = 0; i < persons.size(); i++) {
            assertThat(persons.get(i).id()).isEqualTo(1_000 + i);
        }
        for (int i = 0; i < auctions.size(); i++) {
            assertThat(auctions.get(i).id()).isEqualTo(1_000 + i);
        }
    }

    @Test
    void shouldMakeEventsOfThePublishedSizes() {
        assertThat(mean(all(Person.class), Event::size)).isCloseTo(200, Percentage.withPercentage(1));
        assertThat(mean(all(Auction.class), Event::size)).isCloseTo(500, Percentage.withPercentage(1));
        assertThat(mean(all(Bid.class), Event::size)).isCloseTo(100, Percentage.withPercentage(1));
    }

    @Test
    void shouldGiveHalfOfTheBidsToHotAuctionsAndThreeQuartersToHotBidders() {
        int hotAuctions = 0;
        int hotBidders = 0;
        long auctions = 0;
        long persons = 0;
        for (final Event event : ALL) {
            auctions += event instanceof Auction ? 1 : 0;
            persons += event instanceof Person ? 1 : 0;
            if (event instanceof Bid bid) {
                hotAuctions += bid.auction() == 1_000 + (auctions - 1) / 100 * 100 ? 1 : 0;
                hotBidders += bid.bidder() == 1_000 + (persons - 1) / 100 * 100 + 1 ? 1 : 0;
                assertThat(bid.auction()).isBetween(1_000 + Math.max(0, auctions - 1 - 100), 1_000 + auctions - 1 + 10);
                assertThat(bid.bidder()).isBetween(1_000 + Math.max(0, persons - 1_000), 1_000 + persons - 1 + 10);
            }
        }
        final double bids = all(Bid.class).size();
        // of the others, one in 111 hits the hot one by chance
        assertThat(hotAuctions / bids).isCloseTo(0.5 + 0.5 / 111, within(0.01));
        assertThat(hotBidders / bids).isCloseTo(0.75, within(0.01));
    }

    @Test
    void shouldLetHotSellersHaveThreeQuartersOfTheAuctions() {
        int hot = 0;
        long persons = 0;
        for (final Event event : ALL) {
            persons += event instanceof Person ? 1 : 0;
            if (event instanceof Auction auction) {
                hot += auction.seller() == 1_000 + (persons - 1) / 100 * 100 ? 1 : 0;
                assertThat(auction.seller()).isBetween(1_000 + Math.max(0, persons - 1_000), 1_000 + persons - 1 + 10);
            }
        }
        assertThat(hot / (double) all(Auction.class).size()).isCloseTo(0.75, within(0.02));
    }

    @Test
    void shouldSpreadCategoriesStatesAndPrices() {
        for (long category = 10; category < 15; category++) {
            final long wanted = category;
            assertThat(mean(all(Auction.class), auction -> auction.category() == wanted ? 1 : 0))
                .isCloseTo(0.2, within(0.02));
        }
        for (final String state : List.of("AZ", "CA", "ID", "OR", "WA", "WY")) {
            assertThat(mean(all(Person.class), person -> person.state().equals(state) ? 1 : 0))
                .isCloseTo(1 / 6.0, within(0.03));
        }
        assertThat(all(Bid.class)).allSatisfy(bid -> assertThat(bid.price()).isBetween(100L, 100_000_000L));
        for (int decade = 3; decade < 8; decade++) {
            final double limit = Math.pow(10, decade);
            assertThat(mean(all(Bid.class), bid -> bid.price() < limit ? 1 : 0))
                .isCloseTo((decade - 2) / 6.0, within(0.01));
        }
        assertThat(all(Auction.class)).allSatisfy(
            auction -> assertThat(auction.reserve()).isGreaterThan(auction.initialBid()));
    }

    @Test
    void shouldKeepHundredAuctionsInFlight() {
        final double meanNs = mean(all(Auction.class), auction -> auction.expiresNs() - auction.timeNs());
        final double auctionsPerSecond = 10_000 * 3 / 50.0;
        assertThat(meanNs / 1e9 * auctionsPerSecond).isCloseTo(100, Percentage.withPercentage(3));
    }

    @Test
    void shouldMakeTenThousandEventsPerSecondInOrder() {
        for (int i = 0; i < EVENTS; i++) {
            assertThat(ALL.get(i).timeNs()).isEqualTo((1_436_918_400_000L + i / 10) * 1_000_000);
        }
    }

    @Test
    void shouldMakeTheSameEventFromSeedAndPlaceAlone() {
        final NexmarkGenerator generator = new NexmarkGenerator(CONFIG);
        for (int i = EVENTS - 1; i >= 0; i -= 777) {
            assertThat(Event.at(generator, i)).isEqualTo(ALL.get(i));
        }
        assertThat(Event.at(new NexmarkGenerator(CONFIG.withSeed(43)), 4)).isNotEqualTo(ALL.get(4));
    }

    @Property(tries = 50)
    void shouldMakeEachEventOfAGroupOnce(
        @ForAll @IntRange(min = 1, max = 900) final int group,
        @ForAll @LongRange(min = 0, max = 1L << 40) final long first) {
        final NexmarkConfig config = CONFIG.withOutOfOrderGroup(group);
        final long begin = first / group * group;
        final Set<Long> events = new HashSet<>();
        long latest = 0;
        for (long place = begin; place < begin + group; place++) {
            final long event = config.eventAt(place);
            assertThat(event).isBetween(begin, begin + group - 1);
            events.add(event);
            latest = Math.max(latest, config.timeMs(event));
            assertThat((latest - config.timeMs(event)) * 1_000_000).isLessThanOrEqualTo(config.maxDelayNs());
        }
        assertThat(events).hasSize(group);
    }

    @Test
    void shouldAllocateNothing() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final NexmarkGenerator generator = new NexmarkGenerator(CONFIG);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[NexmarkGenerator.MAX_LENGTH]);
        for (int i = 0; i < 1_000; i++) {
            generator.event(i, buffer, 0);
        }
        final long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < 10_000; i++) {
            generator.event(i, buffer, 0);
        }
        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before).isLessThan(10_000);
    }

    @Test
    void shouldRefuseGroupThatCannotBePermuted() {
        assertThatThrownBy(() -> CONFIG.withOutOfOrderGroup(953)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> CONFIG.withEventsPerSecond(0)).isInstanceOf(ConfigurationException.class);
    }
}
