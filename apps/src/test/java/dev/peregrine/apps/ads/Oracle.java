/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.app.DemoReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the shipped files again, with plain Java collections and a splitter of its own. */
final class Oracle {
    private record Line(String timestamp, String ad, int click) {
    }

    private Oracle() {
    }

    static Map<String, long[]> counts(final long events) throws IOException {
        final List<Line> lines = new ArrayList<>();
        for (final String file : List.of("bts-men", "bts-women", "random-men", "random-women")) {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Oracle.class.getResourceAsStream("data/" + file + ".csv"), StandardCharsets.UTF_8))) {
                reader.readLine();
                String text;
                while ((text = reader.readLine()) != null) {
                    final String[] fields = text.split(",");
                    final String time = fields[1].contains(".") ? fields[1] : fields[1].replace("+", ".000000+");
                    lines.add(new Line(
                        time, file.substring(file.indexOf('-') + 1) + "/" + fields[2], Integer.parseInt(fields[4])));
                }
            }
        }
        lines.sort(Comparator.comparing(Line::timestamp));
        final Map<String, long[]> counts = new TreeMap<>();
        for (int i = 0; i < lines.size(); i++) {
            final long times = events / lines.size() + (i < events % lines.size() ? 1 : 0);
            if (times > 0) {
                final long[] count = counts.computeIfAbsent(lines.get(i).ad(), ad -> new long[3]);
                count[0] += times;
                count[1] += times * lines.get(i).click();
                count[2] += times * (1_000 + 250_000L * lines.get(i).click());
            }
        }
        return counts;
    }

    static Map<String, List<Long>> expected(final long events) throws IOException {
        final Map<String, List<Long>> expected = new TreeMap<>();
        counts(events).forEach((ad, count) -> expected.put(ad, List.of(count[0], count[1], count[2])));
        return expected;
    }

    static Map<String, List<Long>> counted(final DemoReport report) {
        final Map<String, List<Long>> counted = new TreeMap<>();
        report.ads().forEach(ad ->
            counted.put(ad.ad(), List.of(ad.impressions(), ad.clicks(), ad.spendMicros())));
        return counted;
    }
}
