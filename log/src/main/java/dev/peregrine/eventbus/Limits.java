/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.Map;

/**
 * How fast a stream may be published to, as the proxy of DistributedLog limits its clients.
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
