/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.store.table.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.store.RowMutation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One damaged byte in the change log: a table opens with exactly its content, or names the damage in a typed error. What
 * recovery takes for the torn end of the log, it may cut; it then keeps those bytes in a {@code .torn} file, and nothing
 * but the changes that stood there may be missing.
 */
class TableDamageTest {
    private static final int CHANGES = 700;
    private static final int FLIPS = 250;
    private static final long SEED = 20_261_124;

    /** One change as it was made, with the position of its frame. */
    private record Change(long position, String pkey, String lkey, String value) {
    }

    @TempDir
    private Path directory;
    private final List<Change> changes = new ArrayList<>();
    private Map<Path, byte[]> intact;

    @BeforeEach
    void fillTable() throws IOException {
        final Path origin = directory.resolve("origin");
        final Random random = new Random(SEED);
        try (LoggedTable table = TestTables.open(origin)) {
            for (int i = 0; i < CHANGES; i++) {
                final String pkey = "p" + random.nextInt(40);
                final String lkey = "l" + random.nextInt(4);
                if (random.nextInt(8) == 0) {
                    changes.add(new Change(table.apply(
                        new RowMutation().begin(pkey).delete(TestTables.bytes(lkey))), pkey, lkey, null));
                } else {
                    changes.add(new Change(table.put(pkey, lkey, (long) i), pkey, lkey, Integer.toString(i)));
                }
            }
        }
        intact = TestTables.filesOf(origin);
    }

    /** What the table holds if no change between the two positions counts. */
    private Map<String, Map<String, String>> contentWithout(final long from, final long to) {
        final Map<String, Map<String, String>> content = new TreeMap<>();
        for (final Change change : changes) {
            if (change.position < from || change.position >= to) {
                final Map<String, String> row = content.computeIfAbsent(change.pkey, key -> new TreeMap<>());
                row.remove(change.lkey);
                if (change.value != null) {
                    row.put(change.lkey, change.value);
                }
            }
        }
        content.values().removeIf(Map::isEmpty);
        return content;
    }

    @Test
    void shouldNeverTakeDamageForContent() throws IOException {
        final Random random = new Random(SEED + 1);
        final List<Path> files = new ArrayList<>(intact.keySet());
        files.removeIf(file -> intact.get(file).length == 0); // locks
        final Map<String, Integer> outcomes = new HashMap<>();
        for (int i = 0; i < FLIPS; i++) {
            final Path file = files.get(random.nextInt(files.size()));
            final byte[] damaged = intact.get(file).clone();
            // A quarter hits the header of the segment, where a byte matters more often.
            final int at = random.nextInt(i % 4 == 0 ? 64 : damaged.length);
            final int flip = 1 + random.nextInt(255);
            damaged[at] ^= (byte) flip;
            final Path home = directory.resolve("flip" + i);
            Files.createDirectory(home);
            for (final Map.Entry<Path, byte[]> entry : intact.entrySet()) {
                Files.write(home.resolve(entry.getKey()), entry.getKey().equals(file) ? damaged : entry.getValue());
            }
            outcomes.merge(outcomeOf(home, "flip " + i + ": byte " + at + " of " + file + " ^ " + flip), 1,
                Integer::sum);
            TestTables.deleteTree(home);
        }
        assertThat(outcomes).containsKeys("exact", "refused");
    }

    private String outcomeOf(final Path home, final String what) throws IOException {
        final Map<String, Map<String, String>> found;
        try (LoggedTable table = TestTables.open(home)) {
            found = TestTables.contentOf(table);
            table.put("later", "l", 1L);
        } catch (final PeregrineException e) {
            assertThat(e.getMessage()).as(what).isNotBlank().doesNotContain("\n");
            return "refused";
        }
        assertReopensWith(home, found, what);
        if (found.equals(contentWithout(0, 0))) {
            return "exact";
        }
        for (final Path torn : FilesFacade.SYSTEM.list(home)) {
            final String name = torn.getFileName().toString();
            if (name.endsWith(".torn")) {
                final long from = Long.parseLong(name.substring(0, name.indexOf('.')));
                assertThat(found).as(what).isEqualTo(contentWithout(from, from + Files.size(torn)));
                return "cut";
            }
        }
        assertThat(found).as(what).isEqualTo(contentWithout(0, 0));
        throw new AssertionError(what);
    }

    /** What is written after the damage must be read back as well. */
    private static void assertReopensWith(
        final Path home, final Map<String, Map<String, String>> found, final String what) {
        final Map<String, Map<String, String>> expected = new TreeMap<>(found);
        expected.put("later", Map.of("l", "1"));
        try (LoggedTable table = TestTables.open(home)) {
            assertThat(TestTables.contentOf(table)).as(what + ", opened again").isEqualTo(expected);
        }
    }
}
