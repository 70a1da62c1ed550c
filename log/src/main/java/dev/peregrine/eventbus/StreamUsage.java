/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.List;

/**
 * What was published to a stream since the engine was opened, beside its limits.
 *
 * @param stream its name.
 * @param limits those that hold now.
 * @param total all clients together.
 * @param clients each client, by name.
 */
public record StreamUsage(String stream, Limits limits, ClientUsage total, List<ClientUsage> clients) {
    /** Copies the list. */
    public StreamUsage {
        clients = List.copyOf(clients);
    }
}
