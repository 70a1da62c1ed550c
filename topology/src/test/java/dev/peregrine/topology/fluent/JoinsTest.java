/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.store.CacheConfig;
import dev.peregrine.store.TableConfig;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.time.WatermarkStrategy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Joins, tables and caches, windows of sessions and of numbers of events, against {@code java.util.stream}. */
@Timeout(120)
class JoinsTest {
    private static final long SIZE = 40;
    private static final long END = 1_000_000;
    private static final Codec<Event> EVENTS = Codecs.json(Event.class);
    private static final List<Event> ALL = events();
    /** The key as it stands in JSON. */
    private static final KeySelector KEY = (event, key) ->
        key.set(event.buffer(), event.offset() + "{\"key\":\"".length(), "k0".length());

    @TempDir
    private static Path directory;
    private static FluentRig rig;

    /** Something of the left or the right side. */
    record Event(boolean left, String key, long number, long timeNs) {
    }

    private static List<Event> events() {
        final SplittableRandom random = new SplittableRandom(23);
        final List<Event> events = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            events.add(new Event(random.nextInt(3) > 0, "k" + random.nextInt(5), i, 3L * i - random.nextInt(8)));
        }
        return events;
    }

    @BeforeAll
    static void open() {
        rig = new FluentRig(directory);
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    /** Both sides of a stream whose last event moves event time past everything. */
    private static <R> List<R> run(
        final Codec<R> codec, final int threads,
        final Function<List<KeyedStreamlet<String, Event>>, Streamlet<R>> operator) {
        final List<Event> withEnd = new ArrayList<>(ALL);
        withEnd.add(new Event(true, "end", 0, END));
        return rig.run(withEnd, EVENTS, codec, threads, (in, out) -> {
            final List<Streamlet<Event>> sides = in
                .watermarks(WatermarkStrategy.boundedOutOfOrderness(Duration.ofNanos(8)), Event::timeNs)
                .branch(Event::left);
            operator.apply(sides.stream().map(side -> side.keyBy(Event::key, Codecs.text())).toList()).to(out);
        });
    }

    private static String both(final Event left, final Event right) {
        return (left == null ? "-" : left.number()) + "/" + (right == null ? "-" : right.number());
    }

    private static List<Pair<String, String>> pairs(final boolean lefts, final boolean rights, final boolean inWindows) {
        final List<Pair<String, String>> pairs = new ArrayList<>();
        for (final Event event : ALL) {
            final List<Event> partners = ALL.stream().filter(other -> other.left() != event.left()
                && other.key().equals(event.key())
                && (inWindows ? Math.floorDiv(other.timeNs(), SIZE) == Math.floorDiv(event.timeNs(), SIZE)
                    : event.left() ? within(event, other) : within(other, event))).toList();
            if (event.left()) {
                partners.forEach(other -> pairs.add(Pair.of(event.key(), both(event, other))));
            }
            if (partners.isEmpty() && (event.left() ? lefts : rights)) {
                pairs.add(Pair.of(event.key(), event.left() ? both(event, null) : both(null, event)));
            }
        }
        return pairs;
    }

    private static boolean within(final Event left, final Event right) {
        return right.timeNs() >= left.timeNs() - 10 && right.timeNs() <= left.timeNs() + 20;
    }

    private static List<Pair<String, String>> withoutEnd(final List<Pair<String, String>> pairs) {
        return pairs.stream().filter(pair -> !pair.key().equals("end")).toList();
    }

    @Test
    void shouldJoinInWindows() {
        final JoinWindow window = JoinWindow.tumbling(Duration.ofNanos(SIZE));
        final Codec<Pair<String, String>> codec = Codecs.pair(Codecs.text(), Codecs.text());
        assertThat(run(codec, 1, sides -> sides.get(0).join(sides.get(1), window, JoinsTest::both, Codecs.text())))
            .isNotEmpty().containsExactlyInAnyOrderElementsOf(pairs(false, false, true));
        assertThat(withoutEnd(run(codec, 2,
            sides -> sides.get(0).leftJoin(sides.get(1), window, JoinsTest::both, Codecs.text()))))
            .containsExactlyInAnyOrderElementsOf(pairs(true, false, true));
        assertThat(withoutEnd(run(codec, 1,
            sides -> sides.get(0).outerJoin(sides.get(1), window, JoinsTest::both, Codecs.text()))))
            .containsExactlyInAnyOrderElementsOf(pairs(true, true, true));
    }

    @Test
    void shouldJoinWithinAnInterval() {
        final JoinWindow window = JoinWindow.within(Duration.ofNanos(10), Duration.ofNanos(20));
        final Codec<Pair<String, String>> codec = Codecs.pair(Codecs.text(), Codecs.text());
        assertThat(run(codec, 2, sides -> sides.get(0).join(sides.get(1), window, JoinsTest::both, Codecs.text())))
            .isNotEmpty().containsExactlyInAnyOrderElementsOf(pairs(false, false, false));
        assertThat(withoutEnd(run(codec, 1,
            sides -> sides.get(0).outerJoin(sides.get(1), window, JoinsTest::both, Codecs.text()))))
            .containsExactlyInAnyOrderElementsOf(pairs(true, true, false));
    }

    @Test
    void shouldTellUnitedLeftInputsFromTheRightOne() {
        final Codec<Pair<String, String>> codec = Codecs.pair(Codecs.text(), Codecs.text());
        final List<Event> withEnd = new ArrayList<>(ALL);
        withEnd.add(new Event(true, "end", 0, END));
        assertThat(rig.run(withEnd, EVENTS, codec, 1, (in, out) -> {
            final List<Streamlet<Event>> sides = in
                .watermarks(WatermarkStrategy.boundedOutOfOrderness(Duration.ofNanos(8)), Event::timeNs)
                .branch(event -> event.left() && event.number() % 2 == 0, Event::left);
            sides.get(0).union(sides.get(1)).alreadyKeyedBy(KEY, Codecs.text())
                .join(sides.get(2).alreadyKeyedBy(KEY, Codecs.text()), JoinWindow.tumbling(Duration.ofNanos(SIZE)),
                    JoinsTest::both, Codecs.text()).to(out);
        })).containsExactlyInAnyOrderElementsOf(pairs(false, false, true));
    }

    @Test
    void shouldJoinWithTheLatestOfAnotherStream() {
        final Map<String, Event> latest = new HashMap<>();
        final List<Pair<String, String>> expected = new ArrayList<>();
        for (final Event event : ALL) {
            if (event.left()) {
                final String result = both(event, latest.get(event.key()));
                if (event.number() % 3 > 0) {
                    expected.add(Pair.of(event.key(), result));
                }
            } else if (event.number() % 4 == 0) {
                latest.remove(event.key());
            } else {
                latest.put(event.key(), event);
            }
        }
        assertThat(withoutEnd(run(Codecs.pair(Codecs.text(), Codecs.text()), 1, sides -> sides.get(0).enrich(
            sides.get(1), right -> right.number() % 4 == 0,
            (left, right) -> left.number() % 3 == 0 ? null : both(left, right), Codecs.text())))).isEqualTo(expected);
    }

    @Test
    void shouldWriteTablesAndCachesAndReadTables() {
        rig.engine().provisionTable(TableConfig.of("rows"));
        rig.engine().provisionCache(new CacheConfig("cached", 1 << 20));
        rig.engine().provisionCache(new CacheConfig("latest", 1 << 20));
        rig.run(ALL, EVENTS, EVENTS, 1, (in, out) -> {
            in.toTable("rows", "cached", (event, row) ->
                row.begin(event.key()).putLong("number".getBytes(StandardCharsets.UTF_8), event.number()));
            in.toCache("latest", event -> "of " + event.key(), Duration.ZERO);
            in.keyBy(Event::key, Codecs.text()).reduce((first, second) -> second).toCache("latest", Duration.ZERO);
        });
        final Map<String, Event> last = ALL.stream().collect(Collectors.toMap(Event::key, each -> each, (a, b) -> b));
        last.forEach((key, event) -> {
            assertThat(rig.engine().table("rows").getLong(key, "number", -1)).isEqualTo(event.number());
            assertThat(rig.engine().cache("cached").get(key)).isNotNull();
            for (final String name : List.of(key, "of " + key)) {
                final byte[] bytes = Objects.requireNonNull(rig.engine().cache("latest").get(name));
                assertThat(EVENTS.forInstance().decode(new UnsafeBuffer(bytes), 0, bytes.length)).isEqualTo(event);
            }
        });
        assertThat(rig.run(Stream.concat(last.keySet().stream(), Stream.of("nobody")).toList(), Codecs.text(),
            Codecs.text(), in -> in.enrich("rows", key -> key, (key, row) -> row == null ? null
                : key + row.getLong("number".getBytes(StandardCharsets.UTF_8), -1), Codecs.text())))
            .isEqualTo(last.keySet().stream().map(key -> key + last.get(key).number()).toList());
    }

    @Test
    void shouldComputeOverSessions() {
        final List<WindowResult<String, Long>> expected = new ArrayList<>();
        ALL.stream().collect(Collectors.groupingBy(Event::key)).forEach((key, events) -> {
            final List<Long> times = events.stream().map(Event::timeNs).sorted().toList();
            final List<Integer> begins = IntStream.range(0, times.size())
                .filter(i -> i == 0 || times.get(i) - times.get(i - 1) >= 12).boxed().toList();
            for (int i = 0; i < begins.size(); i++) {
                final int from = begins.get(i);
                final int to = i + 1 == begins.size() ? times.size() : begins.get(i + 1);
                expected.add(new WindowResult<>(key, times.get(from), times.get(to - 1) + 12,
                    WindowResult.Firing.ON_TIME, (long) (to - from)));
            }
        });
        final List<Event> withEnd = new ArrayList<>(ALL);
        withEnd.add(new Event(true, "end", 0, END));
        assertThat(rig.run(withEnd, EVENTS, new WindowResultCodec<>(Codecs.text(), Codecs.longs()), in -> in
            .watermarks(WatermarkStrategy.boundedOutOfOrderness(Duration.ofNanos(8)), Event::timeNs)
            .keyBy(Event::key, Codecs.text()).window(Window.session(Duration.ofNanos(12))).count()))
            .hasSizeGreaterThan(20).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldComputeOverNumbersOfEvents() {
        final Map<String, List<Long>> seen = new HashMap<>();
        final List<WindowResult<String, Long>> expected = new ArrayList<>();
        for (final Event event : ALL) {
            final List<Long> numbers = seen.computeIfAbsent(event.key(), key -> new ArrayList<>());
            numbers.add(event.number());
            if (numbers.size() % 3 == 0) {
                final int from = numbers.size() - 3;
                expected.add(new WindowResult<>(event.key(), from, numbers.size(), WindowResult.Firing.ON_TIME,
                    numbers.subList(from, numbers.size()).stream().mapToLong(n -> n).sum()));
            }
        }
        assertThat(rig.run(ALL, EVENTS, new WindowResultCodec<>(Codecs.text(), Codecs.longs()), in -> in
            .keyBy(Event::key, Codecs.text()).window(Window.ofEvents(3)).aggregate(Aggregates.sum(Event::number))))
            .isEqualTo(expected);
        assertThatThrownBy(() -> Window.ofEvents(3).allowedLateness(Duration.ofSeconds(1)))
            .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void shouldTellEarlyAndOnTime() {
        final List<WindowResult<String, Long>> results = rig.run(
            List.of(new Event(true, "a", 1, 1), new Event(true, "a", 2, 2), new Event(true, "b", 3, 3),
                new Event(true, "a", 4, 4), new Event(true, "a", 5, END)),
            EVENTS, new WindowResultCodec<>(Codecs.text(), Codecs.longs()), in -> in
                .watermarks(WatermarkStrategy.monotone(), Event::timeNs).keyBy(Event::key, Codecs.text())
                .window(Window.tumbling(Duration.ofNanos(SIZE)).earlyEvery(2).discarding())
                .aggregate(Aggregates.sum(Event::number)));
        assertThat(results).containsExactlyInAnyOrder(
            new WindowResult<>("a", 0, SIZE, WindowResult.Firing.EARLY, 3L),
            new WindowResult<>("a", 0, SIZE, WindowResult.Firing.ON_TIME, 4L),
            new WindowResult<>("b", 0, SIZE, WindowResult.Firing.ON_TIME, 3L));
    }
}
