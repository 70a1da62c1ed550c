/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.resp;

import dev.peregrine.Peregrine;
import dev.peregrine.store.Table;
import io.netty.handler.codec.redis.RedisMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Keys by pattern. A table has no order to go on from, so {@code SCAN} answers everything at once, as it may, and tables
 * of more rows than the listener's one thread should walk are refused.
 */
final class RespKeys {
    private static final long MAX_ROWS = 100_000;
    private static final int MAX_PATTERN = 256;

    private final Peregrine engine;

    RespKeys(final Peregrine engine) {
        this.engine = engine;
    }

    long count() {
        return engine.tables().stream().mapToLong(Table::rowCount).sum();
    }

    RedisMessage matching(final String pattern) {
        final List<RedisMessage> found = new ArrayList<>();
        if (pattern.length() > MAX_PATTERN) {
            return RespCommands.error("ERR a pattern may have " + MAX_PATTERN + " characters");
        }
        final String named = pattern.substring(0, Math.max(0, pattern.indexOf(':')));
        final boolean oneTable = !named.isEmpty() && named.matches("[^*?\\\\]*");
        for (final Table table : engine.tables()) {
            final String prefix = table.name() + ":";
            if (oneTable && !named.equals(table.name())) {
                continue;
            }
            if (table.rowCount() > MAX_ROWS) {
                return RespCommands.error("ERR table " + table.name() + " has over " + MAX_ROWS
                    + " rows; name a smaller one, e.g. KEYS ad:*");
            }
            table.forEachRow((pkey, offset, length, row) -> {
                final String key = prefix + pkey.getStringWithoutLengthUtf8(offset, length);
                if (glob(pattern, key)) {
                    found.add(RespCommands.bulk(key));
                }
            });
        }
        return RespCommands.array(found);
    }

    RedisMessage scan(final List<String> words) {
        String pattern = "*";
        boolean hashes = true;
        for (int i = 2; i < words.size(); i += 2) {
            final String option = words.get(i).toUpperCase(Locale.ROOT);
            if (i + 1 == words.size() || !List.of("MATCH", "COUNT", "TYPE").contains(option)) {
                return RespCommands.error("ERR syntax error");
            }
            if ("MATCH".equals(option)) {
                pattern = words.get(i + 1);
            } else if ("TYPE".equals(option)) {
                hashes = "hash".equalsIgnoreCase(words.get(i + 1));
            }
        }
        if (!"0".equals(words.get(1))) {
            return RespCommands.error("ERR invalid cursor");
        }
        final RedisMessage found = hashes ? matching(pattern) : RespCommands.array(List.of());
        return found instanceof io.netty.handler.codec.redis.ErrorRedisMessage
            ? found : RespCommands.array(List.of(RespCommands.bulk("0"), found));
    }

    /** Redis' patterns without character classes: {@code *}, {@code ?} and the backslash. */
    static boolean glob(final String pattern, final String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            final boolean escaped = p + 1 < pattern.length() && pattern.charAt(p) == '\\';
            final char wanted = p < pattern.length() ? pattern.charAt(escaped ? p + 1 : p) : 0;
            if (p < pattern.length() && !escaped && wanted == '*') {
                star = p++;
                mark = t;
            } else if (p < pattern.length() && (wanted == text.charAt(t) || !escaped && wanted == '?')) {
                p += escaped ? 2 : 1;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
