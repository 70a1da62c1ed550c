/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import java.util.Locale;

/**
 * The instance that a topology waits for: events come to it faster than it takes them.
 *
 * @param component its component.
 * @param task its number there.
 * @param thread name of the thread that it runs on.
 * @param share of the last second for which it held up the threads that send to it, 0 to 1; what it waited itself for
 *     others is taken off.
 */
public record BackPressure(String component, int task, String thread, double share) {
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s[%d] on thread %s holds up its senders for %.0f %% of the time",
            component, task, thread, 100 * share);
    }
}
