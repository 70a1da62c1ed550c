/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Random chains of operators, on any number of threads and instances, against the same done to a list. */
class RandomChainsTest {
    private static final int EVENTS = 150;
    private static final Codec<Pair<Long, Long>> PAIRS = Codecs.pair(Codecs.longs(), Codecs.longs());

    private static Path directory;
    private static FluentRig rig;

    /** Values on their way, and whether their order is known. */
    private record Model(List<Long> values, boolean ordered) {
    }

    /** Both sides of an operator. */
    private record Both(Streamlet<Long> flow, Model model) {
    }

    @BeforeContainer
    static void open() throws IOException {
        directory = Files.createTempDirectory("chains");
        rig = new FluentRig(directory);
    }

    @AfterContainer
    static void close() throws IOException {
        rig.close();
        try (var paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
        }
    }

    @Property(tries = 40, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void shouldDoWhatAListDoes(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final List<Long> values = LongStream.range(0, EVENTS).map(i -> random.nextInt(1_000)).boxed().toList();
        final Model[] expected = new Model[1];
        final List<Long> results = rig.run(values, Codecs.longs(), Codecs.longs(), 1 + random.nextInt(3),
            (source, out) -> {
                Both both = new Both(source, new Model(values, true));
                for (int i = random.nextInt(7); i >= 0; i--) {
                    both = next(both, random);
                }
                both.flow().to(out).parallelism(both.model().ordered() ? 1 : 1 + random.nextInt(2));
                expected[0] = both.model();
            });
        if (expected[0].ordered()) {
            assertThat(results).isEqualTo(expected[0].values());
        } else {
            assertThat(results).containsExactlyInAnyOrderElementsOf(expected[0].values());
        }
    }

    private static Both next(final Both both, final SplittableRandom random) {
        final Streamlet<Long> flow = both.flow();
        final List<Long> values = both.model().values();
        final boolean ordered = both.model().ordered();
        final long number = 2 + random.nextInt(9);
        switch (random.nextInt(9)) {
            case 0:
                return new Both(flow.map(n -> n * 3 + number, Codecs.longs()),
                    new Model(values.stream().map(n -> n * 3 + number).toList(), ordered));
            case 1:
                return new Both(flow.filter(n -> n % number != 0),
                    new Model(values.stream().filter(n -> n % number != 0).toList(), ordered));
            case 2:
                return new Both(flow.flatMap(n -> copies(n, number), Codecs.longs()),
                    new Model(values.stream().flatMap(n -> copies(n, number).stream()).toList(), ordered));
            case 3:
                final List<Streamlet<Long>> branches = flow.branch(n -> n % number == 0);
                return new Both(branches.get(0).map(n -> -n, Codecs.longs()).union(branches.get(1)),
                    new Model(values.stream().map(n -> n % number == 0 ? -n : n).toList(), false));
            case 4:
                return new Both(flow.keyBy(n -> n % number, Codecs.longs()).count()
                    .map(pair -> pair.key() * 1_000 + pair.value(), Codecs.longs()),
                    new Model(counts(values, number), ordered));
            case 5:
                if (!ordered) {
                    return both;
                }
                return new Both(flow.keyBy(n -> n % number, Codecs.longs())
                    .reduce((before, n) -> before * 31 % 10_007 + n).map(Pair::value, Codecs.longs()),
                    new Model(hashes(values, number), true));
            case 6:
                return new Both(flow.repartition((int) (1 + number % 3)), new Model(values, false));
            case 7:
                return new Both(flow.map(n -> Pair.of(n % number, n), PAIRS).filter(pair -> pair.key() > 0)
                    .map(Pair::value).codec(Codecs.longs()).parallelism(ordered ? 1 : (int) (1 + number % 2)),
                    new Model(values.stream().filter(n -> n % number > 0).toList(), ordered));
            default:
                return new Both(flow.keyBy((event, key) -> key.set(event.buffer(), event.offset(), event.length()),
                    Codecs.longs()).distinct(), new Model(values.stream().distinct().toList(), ordered));
        }
    }

    private static List<Long> copies(final long n, final long number) {
        return LongStream.range(0, Math.floorMod(n, number) % 3).map(i -> n + i).boxed().toList();
    }

    private static List<Long> counts(final List<Long> values, final long number) {
        final Map<Long, Long> counts = new HashMap<>();
        return values.stream().map(n -> n % number * 1_000 + counts.merge(n % number, 1L, Long::sum)).toList();
    }

    private static List<Long> hashes(final List<Long> values, final long number) {
        final Map<Long, Long> hashes = new HashMap<>();
        final List<Long> results = new ArrayList<>();
        for (final long n : values) {
            results.add(hashes.merge(n % number, n, (before, each) -> before * 31 % 10_007 + each));
        }
        return results;
    }
}
