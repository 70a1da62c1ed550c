/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ConfigurationException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The named publishers and subscriptions that are open. */
final class Uses {
    private final Object lock;
    private final Set<Use> inUse = new LinkedHashSet<>();

    private record Use(String kind, String name, String stream) {
        @Override
        public String toString() {
            return kind + " '" + name + "' of stream " + stream;
        }
    }

    /** Nothing is opened while somebody else holds the lock: what is unused then stays so. */
    Uses(final Object lock) {
        this.lock = lock;
    }

    Runnable publisher(final String stream, final String name) {
        return reserve(new Use("publisher", name, stream));
    }

    Runnable subscription(final String stream, final String name) {
        return reserve(new Use("subscription", name, stream));
    }

    boolean isSubscribed(final String stream, final String name) {
        synchronized (lock) {
            return inUse.contains(new Use("subscription", name, stream));
        }
    }

    /** Takes a name; what it returns gives it free. */
    private Runnable reserve(final Use what) {
        synchronized (lock) {
            if (!inUse.add(what)) {
                throw new ConfigurationException(what + " is in use: close the other one first, or take another name");
            }
        }
        return () -> {
            synchronized (lock) {
                inUse.remove(what);
            }
        };
    }

    List<String> of(final String stream) {
        synchronized (lock) {
            return inUse.stream().filter(use -> use.stream().equals(stream)).map(Use::toString).toList();
        }
    }

    void checkUnused(final String stream, final String done) {
        final List<String> users = of(stream);
        if (!users.isEmpty()) {
            throw new ConfigurationException("stream " + stream + " cannot be " + done
                + " while it is in use by " + String.join(", ", users) + ": close it first");
        }
    }
}
