/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.HashMap;
import java.util.Map;

/**
 * How fast a stream may be published to, as the proxy of DistributedLog limits its clients. Made from {@link #NONE}.
 *
 * @param stream all publishers of the stream together.
 * @param client each client, which is a publisher's name.
 * @param clients clients with limits of their own, by name.
 * @param onExceed what happens over a hard limit.
 */
public record Limits(RateLimit stream, RateLimit client, Map<String, RateLimit> clients, OnExceed onExceed) {
    /** No limits. */
    public static final Limits NONE = new Limits(RateLimit.NONE, RateLimit.NONE, Map.of(), OnExceed.REFUSE);

    /** Copies the map. */
    public Limits {
        clients = Map.copyOf(clients);
    }

    /** The same with another limit of all publishers together. */
    public Limits withStream(final RateLimit value) {
        return new Limits(value, client, clients, onExceed);
    }

    /** The same with another limit of each client that has none of its own. */
    public Limits withClient(final RateLimit value) {
        return new Limits(stream, value, clients, onExceed);
    }

    /** The same with a limit of one client's own. */
    public Limits withClient(final String name, final RateLimit value) {
        final Map<String, RateLimit> all = new HashMap<>(clients);
        all.put(name, value);
        return withClients(all);
    }

    /** The same with other clients that have limits of their own. */
    public Limits withClients(final Map<String, RateLimit> value) {
        return new Limits(stream, client, value, onExceed);
    }

    /** The same with something else to happen over a hard limit. */
    public Limits withOnExceed(final OnExceed value) {
        return new Limits(stream, client, clients, value);
    }

    /** What happens to a publish over a hard limit. */
    public enum OnExceed {
        /** It is refused with a typed error that names the limit. */
        REFUSE,
        /** The publisher waits. */
        BLOCK,
        /** Nothing, it is counted: a dark mode, to try limits out. */
        COUNT
    }
}
