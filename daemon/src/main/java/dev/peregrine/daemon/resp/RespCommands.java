/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.resp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.Peregrine;
import dev.peregrine.store.Cache;
import dev.peregrine.store.RowDescriptor;
import dev.peregrine.store.RowView;
import dev.peregrine.store.Table;
import dev.peregrine.topology.RunningTopology;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.redis.ArrayRedisMessage;
import io.netty.handler.codec.redis.ErrorRedisMessage;
import io.netty.handler.codec.redis.FullBulkStringRedisMessage;
import io.netty.handler.codec.redis.IntegerRedisMessage;
import io.netty.handler.codec.redis.RedisMessage;
import io.netty.handler.codec.redis.SimpleStringRedisMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The commands. A key is {@code TABLE:PKEY}; its cells are the fields of a hash. {@code GET} gives the whole row as one
 * line of JSON, from the cache of the table's name where there is one. Used by the listener's one thread.
 */
final class RespCommands {
    private static final String ANSWERED = "PING, ECHO, GET, MGET, HGET, HGETALL, HMGET, HKEYS, HVALS, HLEN, HEXISTS,"
        + " EXISTS, TYPE, TTL, KEYS, SCAN, DBSIZE, INFO, HELLO, SELECT, QUIT";
    private static final Set<String> WRITES = Set.of(
        "APPEND", "COPY", "DECR", "DECRBY", "DEL", "EXPIRE", "EXPIREAT", "FLUSHALL", "FLUSHDB", "GETDEL", "GETEX",
        "GETSET", "HDEL", "HINCRBY", "HINCRBYFLOAT", "HMSET", "HSET", "HSETNX", "INCR", "INCRBY", "INCRBYFLOAT",
        "LPOP", "LPUSH", "MSET", "MSETNX", "PERSIST", "PEXPIRE", "PSETEX", "PUBLISH", "RENAME", "RESTORE", "RPOP",
        "RPUSH", "SADD", "SET", "SETEX", "SETNX", "SETRANGE", "SPOP", "SREM", "UNLINK", "XADD", "ZADD", "ZREM");

    private static final int MAX_PRINTED = 200;

    private final Peregrine engine;
    private final ObjectMapper mapper = new ObjectMapper();
    private final RowView row = new RowView();
    private final RespKeys keys;

    RespCommands(final Peregrine engine) {
        this.engine = engine;
        this.keys = new RespKeys(engine);
    }

    /** Executes a command with its arguments; the list is not empty. */
    RedisMessage execute(final List<String> words) {
        final String command = words.get(0).toUpperCase(Locale.ROOT);
        final int arguments = words.size() - 1;
        final String first = arguments > 0 ? words.get(1).toUpperCase(Locale.ROOT) : "";
        switch (command) {
            case "PING":
                return arguments == 0 ? new SimpleStringRedisMessage("PONG")
                    : arguments == 1 ? bulk(words.get(1)) : arity(command);
            case "ECHO":
                return arguments == 1 ? bulk(words.get(1)) : arity(command);
            case "QUIT":
                return ok();
            case "SELECT":
                return arguments == 1 && "0".equals(first) ? ok() : error("ERR DB index is out of range");
            case "AUTH":
                return error("ERR Client sent AUTH, but no password is set");
            case "COMMAND":
                return "COUNT".equals(first) ? number(ANSWERED.split(",", -1).length) : array(List.of());
            case "CONFIG":
                return "GET".equals(first) ? setting(words) : error("ERR settings are in the daemon's config file");
            case "CLIENT":
                return "GETNAME".equals(first) ? nil() : "ID".equals(first) ? number(1) : ok();
            case "HELLO":
                return arguments == 0 || "2".equals(first) ? hello()
                    : error("NOPROTO unsupported protocol version; Peregrine speaks RESP2");
            case "INFO":
                return bulk(info());
            case "DBSIZE":
                return number(keys.count());
            case "KEYS":
                return arguments == 1 ? keys.matching(words.get(1)) : arity(command);
            case "SCAN":
                return arguments >= 1 ? keys.scan(words) : arity(command);
            default:
                return onKey(command, words, arguments);
        }
    }

    private RedisMessage onKey(final String command, final List<String> words, final int arguments) {
        switch (command) {
            case "HGETALL":
                return arguments == 1 ? fields(words.get(1), true, true) : arity(command);
            case "HKEYS":
                return arguments == 1 ? fields(words.get(1), true, false) : arity(command);
            case "HVALS":
                return arguments == 1 ? fields(words.get(1), false, true) : arity(command);
            case "HLEN":
                return arguments == 1 ? number(find(words.get(1)) ? row.cellCount() : 0) : arity(command);
            case "HGET":
                return arguments == 2 ? field(words.get(1), words.get(2)) : arity(command);
            case "HMGET":
                return arguments >= 2 ? someFields(words) : arity(command);
            case "HEXISTS":
                return arguments == 2 ? number(find(words.get(1)) && row.find(utf8(words.get(2))) ? 1 : 0)
                    : arity(command);
            case "EXISTS":
                return arguments >= 1
                    ? number(words.stream().skip(1).filter(this::find).count()) : arity(command);
            case "TYPE":
                return arguments == 1
                    ? new SimpleStringRedisMessage(find(words.get(1)) ? "hash" : "none") : arity(command);
            case "TTL":
            case "PTTL":
                return arguments == 1 ? number(find(words.get(1)) ? -1 : -2) : arity(command);
            case "MGET":
                return arguments >= 1
                    ? array(words.stream().skip(1).map(this::get).toList()) : arity(command);
            case "GET":
                return arguments == 1 ? get(words.get(1)) : arity(command);
            default:
                return WRITES.contains(command)
                    ? error("READONLY this port is read-only; publish events to change results")
                    : error("ERR unknown command '" + printable(words.get(0)) + "'; Peregrine answers " + ANSWERED);
        }
    }

    private Table table(final String key) {
        final int colon = key.indexOf(':');
        if (colon > 0) {
            final String name = key.substring(0, colon);
            for (final Table table : engine.tables()) {
                if (table.name().equals(name)) {
                    return table;
                }
            }
        }
        return null;
    }

    /** Reads the row of a key into {@link #row}. */
    private boolean find(final String key) {
        final Table table = table(key);
        return table != null && table.getRow(key.substring(key.indexOf(':') + 1), row);
    }

    private RedisMessage fields(final String key, final boolean names, final boolean values) {
        final List<RedisMessage> reply = new ArrayList<>();
        if (find(key)) {
            int at = row.firstCell();
            for (int i = row.cellCount(); i > 0; i--) {
                if (names) {
                    reply.add(bulk(row.lkey(at)));
                }
                if (values) {
                    reply.add(bulk(row.text(at)));
                }
                at = row.nextCell(at);
            }
        }
        return array(reply);
    }

    private RedisMessage field(final String key, final String name) {
        return find(key) && row.find(utf8(name)) ? bulk(row.text(row.cell())) : nil();
    }

    private RedisMessage someFields(final List<String> words) {
        final boolean found = find(words.get(1));
        final List<RedisMessage> reply = new ArrayList<>();
        for (final String name : words.subList(2, words.size())) {
            reply.add(found && row.find(utf8(name)) ? bulk(row.text(row.cell())) : nil());
        }
        return array(reply);
    }

    private RedisMessage get(final String key) {
        final int colon = key.indexOf(':');
        byte[] cached = null;
        if (colon > 0) {
            for (final Cache cache : engine.caches()) {
                if (cache.name().equals(key.substring(0, colon))) {
                    cached = cache.get(key.substring(colon + 1));
                }
            }
        }
        if (cached != null) {
            return bulk(json(RowView.ofBytes(cached)));
        }
        return find(key) ? bulk(json(row)) : nil();
    }

    private String json(final RowView from) {
        final Map<String, Object> cells = new LinkedHashMap<>();
        int at = from.firstCell();
        for (int i = from.cellCount(); i > 0; i--) {
            final String text = from.text(at);
            cells.put(from.lkey(at), from.type(at) == RowDescriptor.TYPE_LONG ? Long.valueOf(text) : text);
            at = from.nextCell(at);
        }
        try {
            return mapper.writeValueAsString(cells);
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("a row cannot be written as JSON", e);
        }
    }

    private String info() {
        final StringBuilder text = new StringBuilder("# Server\r\nserver:peregrine\r\nredis_mode:standalone\r\n");
        text.append("process_id:").append(ProcessHandle.current().pid()).append("\r\n");
        text.append("data_dir:").append(engine.dataDirectory()).append("\r\n\r\n# Topologies\r\n");
        for (final RunningTopology topology : engine.topologies()) {
            text.append(topology.name()).append(":events=").append(topology.eventsCommitted()).append(",lag_bytes=")
                .append(topology.lagBytes()).append(",state=")
                .append(topology.failure() == null ? "running" : "failed").append("\r\n");
        }
        text.append("\r\n# Keyspace\r\n");
        for (final Table table : engine.tables()) {
            text.append(table.name()).append(":keys=").append(table.rowCount()).append("\r\n");
        }
        return text.toString();
    }

    /** What redis-benchmark asks for before it starts: nothing is saved the way Redis saves. */
    private static RedisMessage setting(final List<String> words) {
        final List<RedisMessage> reply = new ArrayList<>();
        for (final String name : words.subList(2, words.size())) {
            if ("save".equalsIgnoreCase(name) || "appendonly".equalsIgnoreCase(name)) {
                reply.add(bulk(name));
                reply.add(bulk("save".equalsIgnoreCase(name) ? "" : "no"));
            }
        }
        return array(reply);
    }

    private static RedisMessage hello() {
        return array(List.of(bulk("server"), bulk("peregrine"), bulk("version"), bulk("0.1.0"), bulk("proto"),
            new IntegerRedisMessage(2), bulk("mode"), bulk("standalone"), bulk("role"), bulk("master"),
            bulk("modules"), array(List.of())));
    }

    static String printable(final String text) {
        return text.substring(0, Math.min(MAX_PRINTED, text.length())).replaceAll("[^\\x20-\\x7e]", "?");
    }

    private static byte[] utf8(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RedisMessage arity(final String command) {
        return error("ERR wrong number of arguments for '" + command.toLowerCase(Locale.ROOT) + "' command");
    }

    private static RedisMessage ok() {
        return new SimpleStringRedisMessage("OK");
    }

    static RedisMessage error(final String text) {
        return new ErrorRedisMessage(text);
    }

    static RedisMessage number(final long value) {
        return new IntegerRedisMessage(value);
    }

    private static RedisMessage nil() {
        return FullBulkStringRedisMessage.NULL_INSTANCE;
    }

    static RedisMessage bulk(final String text) {
        return new FullBulkStringRedisMessage(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    static RedisMessage array(final List<RedisMessage> children) {
        return new ArrayRedisMessage(children);
    }
}
