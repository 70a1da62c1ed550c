/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.thread;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;
import net.openhft.affinity.Affinity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cores this process may use, and pinning of threads to them. All methods may be called from any thread; pinning
 * concerns the calling one. Where the operating system cannot pin, a thread runs unpinned and one warning says so.
 */
public final class Cores {
    /** No core: the operating system decides. */
    public static final int ANY = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Cores.class);
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    private Cores() {
    }

    /** Numbers of the cores that the calling thread may run on, ascending; empty if the system does not say. */
    public static int[] allowed() {
        return Affinity.getAffinity().stream().toArray();
    }

    /**
     * Pins the calling thread to one core.
     *
     * @param core number of the core, or {@link #ANY} to leave the thread as it is.
     * @return whether the thread is pinned now.
     */
    public static boolean pin(final int core) {
        if (core == ANY) {
            return false;
        }
        final boolean pinned = Affinity.getAffinity().get(core) && setAffinity(core);
        if (!pinned && WARNED.compareAndSet(false, true)) {
            LOG.warn("thread {} cannot be pinned to core {}; the engine runs unpinned: give the process that core "
                + "(taskset, cpuset), or set peregrine.cores.topologies = none", Thread.currentThread().getName(), core);
        }
        return pinned;
    }

    private static boolean setAffinity(final int core) {
        final BitSet wanted = new BitSet();
        wanted.set(core);
        try {
            Affinity.setAffinity(wanted);
        } catch (final IllegalStateException e) {
            LOG.debug("pinning to core {} failed", core, e);
        }
        return Affinity.getAffinity().equals(wanted);
    }
}
