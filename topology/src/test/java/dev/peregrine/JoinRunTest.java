/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.KeySelector;
import dev.peregrine.topology.RunningTopology;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import dev.peregrine.topology.Topology;
import dev.peregrine.topology.TopologyBuilder;
import dev.peregrine.topology.aggregate.Aggregators;
import dev.peregrine.topology.join.ChangelogJoin;
import dev.peregrine.topology.join.IntervalJoin;
import dev.peregrine.topology.join.JoinFunction;
import dev.peregrine.topology.join.JoinSides;
import dev.peregrine.topology.join.JoinType;
import dev.peregrine.topology.join.WindowJoin;
import dev.peregrine.topology.time.WatermarkStrategy;
import dev.peregrine.topology.window.CountWindow;
import dev.peregrine.topology.window.SessionWindow;
import dev.peregrine.topology.window.TimeWindow;
import dev.peregrine.topology.window.WindowResultDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sessions, windows by count, early firings and joins over a stream whose events are out of order, over failures and other
 * numbers of instances: each result comes exactly once.
 */
@Timeout(120)
class JoinRunTest {
    private static final KeySelector KEY = (event, key) -> key.set(event.buffer(), event.offset(), Long.BYTES);
    private static final int LEFT = 1;
    private static final int RIGHT = 2;
    private static final long NONE = -1;
    private static final int KEYS = 20;
    private static final int ROUNDS = 5;
    private static final int EVENTS = 1_200;
    private static final long GAP_MS = 60;
    private static final int COUNT = 10;
    private static final int COUNT_SLIDE = 4;
    private static final int EARLY = 3;
    private static final long SIZE_MS = 500;
    private static final long LOWER_MS = -20;
    private static final long UPPER_MS = 50;
    private static final List<String> STREAMS = List.of("sessions", "counts", "early", "windows", "intervals", "changes");

    @TempDir
    private Path directory;
    private final SplittableRandom random = new SplittableRandom(12);
    private final List<Event> events = new ArrayList<>();
    private long timeMs;

    private record Event(boolean left, long key, long id, long timeMs) {
    }

    /** A result of a window, or of a join (left, right, time). */
    private record Result(long first, long second, long third, long fourth) {
    }

    private Peregrine open() {
        final Peregrine engine = Peregrine.open(directory);
        engine.provisionStream(StreamConfig.of("in").withPartitions(2).withSegmentLength(1 << 20));
        STREAMS.forEach(name -> engine.provisionStream(StreamConfig.of(name).withSegmentLength(1 << 20)));
        return engine;
    }

    private static long id(final EventView event) {
        return event == null ? NONE : event.buffer().getLong(event.offset() + Long.BYTES);
    }

    private static JoinFunction ids() {
        return (left, right, timestampNs, out) -> {
            final int at = out.claim(3 * Long.BYTES);
            out.buffer().putLong(at, id(left));
            out.buffer().putLong(at + Long.BYTES, id(right));
            out.buffer().putLong(at + 2 * Long.BYTES, timestampNs);
            out.commit((left == null ? right : left).keyHash(), timestampNs, 0, 0);
        };
    }

    private static Topology topology(final int parallelism, final AtomicLong calls, final long failAt) {
        final JoinSides sides = JoinSides.byInput(KEY, KEY);
        final TopologyBuilder builder =
            TopologyBuilder.named("joins").threads(1 + parallelism % 3).failures(FailurePolicy.failTopology())
                .source("in", "in", 1 + parallelism % 2)
                .watermarks(WatermarkStrategy.boundedOutOfOrderness(Duration.ofMillis(100))
                    .withTimestamps(event -> event.buffer().getLong(event.offset() + 2 * Long.BYTES)))
                .stage("split", 1, () -> new Stage() {
                    private Emitter left;
                    private Emitter right;

                    @Override
                    public void open(final StageContext context) {
                        left = context.output("left");
                        right = context.output("right");
                    }

                    @Override
                    public void onEvent(final EventView event, final Emitter out) {
                        if (calls.incrementAndGet() == failAt) {
                            throw new IllegalStateException("bad event");
                        }
                        out.forward(event, event.keyHash());
                        (event.templateId() == LEFT ? left : right).forward(event, event.keyHash());
                    }
                }).outputs("left", "right").shuffle("in");
        final Map<String, StageSupplier> stages = new TreeMap<>();
        stages.put("sessions", SessionWindow.of(KEY, Duration.ofMillis(GAP_MS)).aggregate(Aggregators.count()));
        stages.put("counts", CountWindow.sliding(KEY, COUNT, COUNT_SLIDE)
            .aggregate(Aggregators.sum(JoinRunTest::id)));
        stages.put("early", TimeWindow.tumbling(KEY, Duration.ofMillis(SIZE_MS)).earlyEvery(EARLY).discarding()
            .aggregate(Aggregators.count()));
        stages.put("windows", WindowJoin.tumbling(sides, Duration.ofMillis(SIZE_MS)).type(JoinType.OUTER).with(ids()));
        stages.put("intervals", IntervalJoin.between(sides, Duration.ofMillis(LOWER_MS), Duration.ofMillis(UPPER_MS))
            .type(JoinType.LEFT).with(ids()));
        stages.put("changes", ChangelogJoin.of(JoinSides.where(event -> event.templateId() == LEFT, KEY, KEY))
            .deletedBy(event -> id(event) % 4 == 0).type(JoinType.LEFT).with(ids()));
        stages.forEach((name, supplier) -> {
            builder.stage("do-" + name, parallelism, supplier);
            if (name.equals("windows") || name.equals("intervals")) {
                builder.input("split", "left", Grouping.KEY).input("split", "right", Grouping.KEY);
            } else {
                builder.key("split"); // one edge, so that a key's events keep their order
            }
            builder.streamSink(name, name).shuffle("do-" + name);
        });
        return builder.build();
    }

    private void publish(final Peregrine engine, final int count) {
        try (Publisher publisher = engine.publisher("in", "test")) {
            for (int i = 0; i < count; i++) {
                timeMs += random.nextInt(5);
                publish(publisher, new Event(random.nextBoolean(), random.nextInt(KEYS), events.size(),
                    Math.max(0, timeMs - random.nextInt(100))));
            }
        }
    }

    private void publish(final Publisher publisher, final Event event) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[3 * Long.BYTES]);
        buffer.putLong(0, event.key());
        buffer.putLong(Long.BYTES, event.id());
        buffer.putLong(2 * Long.BYTES, ns(event.timeMs()));
        publisher.publish(
            KeyHash.of(event.key()), 1, event.left() ? LEFT : RIGHT, 1, buffer, 0, buffer.capacity());
        events.add(event);
    }

    private static long ns(final long ms) {
        return Duration.ofMillis(ms).toNanos();
    }

    private static Map<Result, Long> results(final Peregrine engine, final String stream, final boolean isJoin) {
        final Map<Result, Long> found = new HashMap<>();
        try (PartitionReader reader = engine.stream(stream).partition(0).newReader(0)) {
            while (reader.poll(frame -> {
                final DirectBuffer buffer = frame.buffer();
                final int at = frame.payloadOffset();
                final int result = at + WindowResultDescriptor.RESULT_OFFSET;
                found.merge(isJoin
                    ? new Result(buffer.getLong(at), buffer.getLong(at + Long.BYTES),
                        buffer.getLong(at + 2 * Long.BYTES), 0)
                    : new Result(buffer.getLong(at + WindowResultDescriptor.START_OFFSET),
                        buffer.getInt(at + WindowResultDescriptor.FIRING_OFFSET), buffer.getLong(result + Long.BYTES),
                        buffer.getLong(result)), 1L, Long::sum);
            }, 1_000) > 0) {
                // until the end
            }
        }
        return found;
    }

    private static Map<Result, Long> counted(final List<Result> results) {
        return results.stream().collect(Collectors.groupingBy(each -> each, Collectors.counting()));
    }

    private List<List<Event>> byKey() {
        final List<List<Event>> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            final long key = i;
            keys.add(events.stream().filter(event -> event.key() == key).toList());
        }
        return keys;
    }

    private List<Result> sessions(final long untilMs) {
        final List<Result> expected = new ArrayList<>();
        for (final List<Event> ofKey : byKey()) {
            final List<Long> times = ofKey.stream().map(Event::timeMs).sorted().toList();
            long start = times.get(0);
            long count = 0;
            for (int i = 0; i < times.size(); i++) {
                count++;
                final boolean ends = i + 1 == times.size() || times.get(i + 1) - times.get(i) >= GAP_MS;
                if (ends && times.get(i) + GAP_MS <= untilMs) {
                    expected.add(new Result(ns(start), WindowResultDescriptor.ON_TIME, ofKey.get(0).key(), count));
                }
                if (ends && i + 1 < times.size()) {
                    start = times.get(i + 1);
                    count = 0;
                }
            }
        }
        return expected;
    }

    private List<Result> counts() {
        final List<Result> expected = new ArrayList<>();
        for (final List<Event> ofKey : byKey()) {
            for (int end = COUNT_SLIDE; end <= ofKey.size(); end += COUNT_SLIDE) {
                final int start = Math.max(0, end - COUNT);
                expected.add(new Result(start, WindowResultDescriptor.ON_TIME, ofKey.get(0).key(),
                    ofKey.subList(start, end).stream().mapToLong(Event::id).sum()));
            }
        }
        return expected;
    }

    private static Map<Long, List<Event>> windowsOf(final List<Event> ofKey) {
        return ofKey.stream().collect(Collectors.groupingBy(event -> event.timeMs() / SIZE_MS * SIZE_MS));
    }

    private List<Result> early(final long untilMs) {
        final List<Result> expected = new ArrayList<>();
        for (final List<Event> ofKey : byKey()) {
            final long key = ofKey.get(0).key();
            windowsOf(ofKey).forEach((start, content) -> {
                final long left = content.size() % EARLY;
                for (int i = 0; i < content.size() / EARLY; i++) {
                    expected.add(new Result(ns(start), WindowResultDescriptor.EARLY, key, EARLY));
                }
                if (left > 0 && start + SIZE_MS <= untilMs) {
                    expected.add(new Result(ns(start), WindowResultDescriptor.ON_TIME, key, left));
                }
            });
        }
        return expected;
    }

    private List<Result> windows(final long untilMs) {
        final List<Result> expected = new ArrayList<>();
        for (final List<Event> ofKey : byKey()) {
            windowsOf(ofKey).forEach((start, content) -> {
                final long time = ns(start + SIZE_MS) - 1;
                final List<Event> left = content.stream().filter(Event::left).toList();
                final List<Event> right = content.stream().filter(event -> !event.left()).toList();
                if (start + SIZE_MS > untilMs) {
                    return;
                }
                left.forEach(one -> right.forEach(two -> expected.add(new Result(one.id(), two.id(), time, 0))));
                if (right.isEmpty()) {
                    left.forEach(one -> expected.add(new Result(one.id(), NONE, time, 0)));
                }
                if (left.isEmpty()) {
                    right.forEach(two -> expected.add(new Result(NONE, two.id(), time, 0)));
                }
            });
        }
        return expected;
    }

    private List<Result> intervals(final long untilMs) {
        final List<Result> expected = new ArrayList<>();
        for (final List<Event> ofKey : byKey()) {
            for (final Event left : ofKey) {
                final List<Event> partners = ofKey.stream().filter(right -> left.left() && !right.left()
                    && right.timeMs() >= left.timeMs() + LOWER_MS && right.timeMs() <= left.timeMs() + UPPER_MS).toList();
                partners.forEach(right -> expected.add(
                    new Result(left.id(), right.id(), ns(Math.max(left.timeMs(), right.timeMs())), 0)));
                if (left.left() && partners.isEmpty() && left.timeMs() + UPPER_MS < untilMs) {
                    expected.add(new Result(left.id(), NONE, ns(left.timeMs() + UPPER_MS), 0));
                }
            }
        }
        return expected;
    }

    private List<Result> changes() {
        final List<Result> expected = new ArrayList<>();
        for (final List<Event> ofKey : byKey()) {
            long latest = NONE;
            for (final Event event : ofKey) {
                if (event.left()) {
                    expected.add(new Result(event.id(), latest, ns(event.timeMs()), 0));
                } else {
                    latest = event.id() % 4 == 0 ? NONE : event.id();
                }
            }
        }
        return expected;
    }

    @Test
    void shouldEmitEachResultOnce() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            try (Peregrine engine = open()) {
                final boolean last = round == ROUNDS;
                final RunningTopology topology = engine.submit(
                    topology(round, new AtomicLong(), last ? Long.MAX_VALUE : 900 + random.nextInt(250)));
                publish(engine, EVENTS);
                if (last) {
                    checkAll(engine, topology);
                } else {
                    while (topology.failure() == null) {
                        Thread.onSpinWait(); // the test's time limit ends it
                    }
                    assertThat(topology.failure()).isInstanceOf(PeregrineException.class)
                        .hasRootCauseMessage("bad event");
                }
            }
        }
    }

    private void checkAll(final Peregrine engine, final RunningTopology topology) throws InterruptedException {
        final long endMs = timeMs + 1_000;
        timeMs += 10_000;
        try (Publisher publisher = engine.publisher("in", "test")) {
            for (long key = 0; key < KEYS; key++) { // into every partition: the watermark passes all the rest
                publish(publisher, new Event(true, key, events.size(), timeMs));
            }
        }
        topology.awaitDrained();
        assertThat(results(engine, "sessions", false)).isEqualTo(counted(sessions(endMs)));
        assertThat(results(engine, "counts", false)).isEqualTo(counted(counts()));
        assertThat(results(engine, "early", false)).isEqualTo(counted(early(endMs)));
        assertThat(results(engine, "windows", true)).isEqualTo(counted(windows(endMs)));
        assertThat(results(engine, "intervals", true)).isEqualTo(counted(intervals(endMs)));
        assertThat(results(engine, "changes", true)).isEqualTo(counted(changes()));
    }
}
