/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * How a member takes part in a group.
 *
 * @param name its name, once in the group; empty for one that is made up.
 * @param sessionTimeoutMs a member that does not poll for so long is expelled, milliseconds; it is noticed up to half a
 *     second later.
 * @param listener hears of its partitions.
 */
public record MemberConfig(String name, long sessionTimeoutMs, GroupListener listener) {
    /** No name, 30 seconds, no listener. */
    public static final MemberConfig DEFAULT = new MemberConfig("", TimeUnit.SECONDS.toMillis(30), GroupListener.NONE);

    /** Checks the time-out. */
    public MemberConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(listener, "listener");
        if (sessionTimeoutMs < 1) {
            throw new ConfigurationException(
                "the session time-out of a group's member must be at least 1 ms, not " + sessionTimeoutMs);
        }
    }

    /** The same under a name. */
    public MemberConfig withName(final String value) {
        return new MemberConfig(value, sessionTimeoutMs, listener);
    }

    /** The same with another time-out. */
    public MemberConfig withSessionTimeoutMs(final long value) {
        return new MemberConfig(name, value, listener);
    }

    /** The same with a listener. */
    public MemberConfig withListener(final GroupListener value) {
        return new MemberConfig(name, sessionTimeoutMs, value);
    }
}
