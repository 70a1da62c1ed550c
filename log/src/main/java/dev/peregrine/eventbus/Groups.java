/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.agrona.CloseHelper;

/** The groups that have members. Locks are taken in this order: this, a group, the bus. Safe for use by many threads. */
final class Groups implements AutoCloseable {
    private record Key(String stream, String name) {
    }

    /** A group, and what gives its name free. */
    record Running(Group group, Runnable release) {
    }

    private final Map<Key, Running> running = new HashMap<>();
    private final MonotonicClock clock;

    Groups(final MonotonicClock clock) {
        this.clock = clock;
    }

    /** Joins a group, making it if it has no members. */
    synchronized GroupMember join(
        final String stream, final String name, final MemberConfig config, final Supplier<Running> opener) {
        final Key key = new Key(stream, name);
        Running found = running.get(key);
        if (found == null) {
            found = opener.get();
            running.put(key, found);
        }
        found.group().expelDead(clock.nanoTime());
        return found.group().join(config);
    }

    /** Members leave by themselves; this closes the group of the last. */
    synchronized void closeIfEmpty(final Group group) {
        final Key key = new Key(group.stream().name(), group.name());
        final Running found = running.get(key);
        if (found != null && found.group() == group && group.isEmpty()) {
            running.remove(key);
            close(found);
        }
    }

    private static void close(final Running closing) {
        try {
            closing.group().commits().close();
        } finally {
            closing.release().run();
        }
    }

    synchronized List<String> names(final String stream) {
        return running.keySet().stream().filter(key -> key.stream().equals(stream)).map(Key::name).sorted().toList();
    }

    /** A group that has members, or null. */
    synchronized Group find(final String stream, final String name) {
        final Running found = running.get(new Key(stream, name));
        return found == null ? null : found.group();
    }

    /** Expels members that are dead, and commits for those who wait. */
    int doWork() {
        final List<Group> groups = new ArrayList<>();
        synchronized (this) {
            running.values().forEach(each -> groups.add(each.group()));
        }
        int work = 0;
        for (final Group group : groups) {
            group.checkMembers(clock.nanoTime());
            closeIfEmpty(group);
            work += group.commits().doWork();
        }
        return work;
    }

    /** Closes what members commit to; they must not be used afterwards. */
    @Override
    public synchronized void close() {
        final List<AutoCloseable> closing = new ArrayList<>();
        running.values().forEach(each -> closing.add(() -> close(each)));
        running.clear();
        CloseHelper.closeAll(closing);
    }
}
