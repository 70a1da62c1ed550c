/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.Event.Auction;
import dev.peregrine.apps.nexmark.Event.Bid;
import dev.peregrine.apps.nexmark.Event.Person;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;

/**
 * The queries over a list of events, each as its words say and in no other way: nested loops and maps, no state and no
 * order of arrival. Results are lines as {@link ResultLines} writes them.
 */
final class Reference {
    private static final long SECOND = 1_000_000_000L;
    private static final long WINDOW = 10 * SECOND;
    private static final long SLIDE = 2 * SECOND;
    private static final long GAP = 10 * SECOND;

    private final List<Person> persons;
    private final List<Auction> auctions;
    private final List<Bid> bids;

    Reference(final List<Event> events) {
        persons = all(events, Person.class);
        auctions = all(events, Auction.class);
        bids = all(events, Bid.class);
    }

    private static <T extends Event> List<T> all(final List<Event> events, final Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static long windowStart(final long timeNs) {
        return timeNs - timeNs % WINDOW;
    }

    private static String line(final Bid bid, final long price) {
        return ResultLines.bid(bid.auction(), bid.timeNs(), bid.bidder(), price, bid.extra());
    }

    /** Pass through. */
    List<String> q0() {
        return bids.stream().map(bid -> line(bid, bid.price())).toList();
    }

    /** Currency conversion: dollars into euros. */
    List<String> q1() {
        return bids.stream().map(bid -> line(bid, bid.price() * 908 / 1_000)).toList();
    }

    /** Selection: every 123rd auction. */
    List<String> q2() {
        return bids.stream().filter(bid -> bid.auction() % 123 == 0)
            .map(bid -> ResultLines.auctionPrice(bid.auction(), bid.price())).toList();
    }

    /** Local item suggestion. */
    List<String> q3() {
        final List<String> lines = new ArrayList<>();
        for (final Auction auction : auctions) {
            for (final Person person : persons) {
                if (auction.seller() == person.id() && auction.category() == 10
                    && Set.of("OR", "ID", "CA").contains(person.state())) {
                    lines.add(ResultLines.localItem(auction.id(), person.state(), person.name(), person.city()));
                }
            }
        }
        return lines;
    }

    private record Won(Auction auction, long price) {
    }

    /** Auctions with a bid, in the order in which they closed. */
    private List<Won> won() {
        final List<Won> won = new ArrayList<>();
        for (final Auction auction : auctions) {
            bids.stream()
                .filter(bid -> bid.auction() == auction.id() && bid.timeNs() >= auction.timeNs()
                    && bid.timeNs() < auction.expiresNs())
                .mapToLong(Bid::price).max()
                .ifPresent(price -> won.add(new Won(auction, price)));
        }
        won.sort(Comparator.<Won>comparingLong(one -> one.auction().expiresNs())
            .thenComparingLong(one -> one.auction().id()));
        return won;
    }

    /** Average price for a category. */
    List<String> q4() {
        final Map<Long, List<Long>> prices = new HashMap<>();
        final List<String> lines = new ArrayList<>();
        for (final Won one : won()) {
            final List<Long> ofCategory = prices.computeIfAbsent(one.auction().category(), key -> new ArrayList<>());
            ofCategory.add(one.price());
            lines.add(ResultLines.categoryAverage(one.auction().category(), average(ofCategory)));
        }
        return lines;
    }

    private static long average(final List<Long> values) {
        return values.stream().mapToLong(Long::longValue).sum() / values.size();
    }

    /** Hot items: the auctions with most bids in the last 10 seconds, every 2 seconds. */
    List<String> q5() {
        final Map<Long, Map<Long, Long>> counts = new TreeMap<>();
        for (final Bid bid : bids) {
            final long firstEnd = bid.timeNs() - bid.timeNs() % SLIDE + SLIDE;
            for (long end = firstEnd; end < firstEnd + WINDOW; end += SLIDE) {
                counts.computeIfAbsent(end, key -> new TreeMap<>()).merge(bid.auction(), 1L, Long::sum);
            }
        }
        final List<String> lines = new ArrayList<>();
        counts.forEach((end, ofWindow) -> {
            final long most = ofWindow.values().stream().mapToLong(Long::longValue).max().orElseThrow();
            ofWindow.forEach((auction, count) -> {
                if (count == most) {
                    lines.add(ResultLines.hotItem(auction, count, end));
                }
            });
        });
        return lines;
    }

    /** Average selling price of a seller's last ten closed auctions. */
    List<String> q6() {
        final Map<Long, List<Long>> prices = new HashMap<>();
        final List<String> lines = new ArrayList<>();
        for (final Won one : won()) {
            final List<Long> ofSeller = prices.computeIfAbsent(one.auction().seller(), key -> new ArrayList<>());
            ofSeller.add(one.price());
            lines.add(ResultLines.sellerAverage(one.auction().seller(),
                average(ofSeller.subList(Math.max(0, ofSeller.size() - 10), ofSeller.size()))));
        }
        return lines;
    }

    /** Highest bids of each 10 seconds. */
    List<String> q7() {
        final Map<Long, Long> highest = new HashMap<>();
        bids.forEach(bid -> highest.merge(windowStart(bid.timeNs()), bid.price(), Math::max));
        return bids.stream().filter(bid -> highest.get(windowStart(bid.timeNs())) == bid.price())
            .map(bid -> line(bid, bid.price())).toList();
    }

    /** Monitor new users: who came and sold within the same 10 seconds. */
    List<String> q8() {
        final List<String> lines = new ArrayList<>();
        for (final Person person : persons) {
            final long window = windowStart(person.timeNs());
            if (auctions.stream().anyMatch(
                auction -> auction.seller() == person.id() && windowStart(auction.timeNs()) == window)) {
                lines.add(ResultLines.newSeller(person.id(), window, person.name()));
            }
        }
        return lines;
    }

    /** User sessions: bids of a user with less than 10 seconds between one and the next. */
    List<String> q11() {
        final Map<Long, TreeSet<Long>> times = new TreeMap<>();
        final Map<Long, Map<Long, Long>> counts = new HashMap<>();
        for (final Bid bid : bids) {
            times.computeIfAbsent(bid.bidder(), key -> new TreeSet<>()).add(bid.timeNs());
            counts.computeIfAbsent(bid.bidder(), key -> new HashMap<>()).merge(bid.timeNs(), 1L, Long::sum);
        }
        final List<String> lines = new ArrayList<>();
        times.forEach((bidder, ofBidder) -> {
            long start = ofBidder.first();
            long last = start;
            long count = 0;
            for (final long time : ofBidder) {
                if (time >= last + GAP) {
                    lines.add(ResultLines.bidderCount(bidder, count, start, last + GAP));
                    start = time;
                    count = 0;
                }
                last = time;
                count += counts.get(bidder).get(time);
            }
            lines.add(ResultLines.bidderCount(bidder, count, start, last + GAP));
        });
        return lines;
    }

    /** Bids of a user in 10 seconds of processing time, which is a function of event time here. */
    List<String> q12(final LongUnaryOperator processingTimeNs) {
        final Map<Long, Map<Long, Long>> counts = new TreeMap<>();
        for (final Bid bid : bids) {
            counts.computeIfAbsent(windowStart(processingTimeNs.applyAsLong(bid.timeNs())), key -> new TreeMap<>())
                .merge(bid.bidder(), 1L, Long::sum);
        }
        final List<String> lines = new ArrayList<>();
        counts.forEach((window, ofWindow) -> ofWindow.forEach((bidder, count) ->
            lines.add(ResultLines.bidderCount(bidder, count, window, window + WINDOW))));
        return lines;
    }

    /** Bounded side input: the number of a row as text. */
    List<String> q13() {
        return bids.stream().map(bid -> ResultLines.enrichedBid(bid.auction(), bid.timeNs(), bid.bidder(), bid.price(),
            Long.toString(bid.auction() % 10_000))).toList();
    }
}
