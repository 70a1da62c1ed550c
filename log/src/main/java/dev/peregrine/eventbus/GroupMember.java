/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.StaleMemberException;
import dev.peregrine.log.ControlledFrameHandler;
import dev.peregrine.log.ControlledFrameHandler.Action;
import dev.peregrine.log.Frame;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.PartitionReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One of the readers that share the partitions of a stream: each partition has exactly one owner among them. Used by one
 * thread. Polls allocate nothing while the owners stay the same.
 *
 * <p>Records of a partition arrive in order. When members join or leave, a partition moves only after its owner has
 * committed what it was handed, so with a commit after each poll no record is delivered twice. A member that closes
 * without commit, that has not polled for its session time-out, or whose thread has ended gives its partitions up at the
 * group's committed place: what it had not committed is delivered again, to others. Its own later calls fail with
 * {@link StaleMemberException}.
 */
public final class GroupMember implements AutoCloseable {
    private static final int IDLE = 0;
    private static final int BUSY = 1;
    private static final int EXPELLED = 2;
    private static final int CLOSED = 3;

    private final Group group;
    private final String name;
    private final MemberConfig config;
    private final Rejections rejections;
    private final PartitionReader[] readers;
    /** By partition: records handed over and not committed. */
    private final int[] uncommitted;
    /** By partition: when it was first seen that it is to move, or 0. */
    private final long[] leavingSince;
    private final long[] positions;
    private final long[] numbers;
    private final ControlledFrameHandler guarded = this::onFrame;
    /** Who may use the readers: the member's thread while it is BUSY, whoever expels it when it was IDLE. */
    private final AtomicInteger state = new AtomicInteger(IDLE);
    private volatile long lastPollNs;
    private volatile Thread thread;
    private volatile long seen = -1;
    private int depth;
    private int leaving;
    private int next;
    private int polled;
    private int handled;
    private FrameHandler handler;

    GroupMember(final Group group, final String name, final MemberConfig config, final Rejections rejections) {
        final int partitions = group.stream().partitions();
        this.group = group;
        this.name = name;
        this.config = config;
        this.rejections = rejections;
        this.readers = new PartitionReader[partitions];
        this.uncommitted = new int[partitions];
        this.leavingSince = new long[partitions];
        this.positions = new long[partitions];
        this.numbers = new long[partitions];
        this.lastPollNs = group.nanoTime();
    }

    /** Name of the member. */
    public String name() {
        return name;
    }

    /** Name of the group. */
    public String group() {
        return group.name();
    }

    /** The group's generation as the member has last seen it; it rises with every change of owners. */
    public long generation() {
        return seen;
    }

    /** The partitions whose records it is handed now. */
    public List<Integer> partitions() {
        final List<Integer> owned = new ArrayList<>();
        for (int i = 0; i < readers.length; i++) {
            if (readers[i] != null && leavingSince[i] == 0) {
                owned.add(i);
            }
        }
        return owned;
    }

    /**
     * Hands records of the member's partitions to the handler, up to a limit, and takes part in the group: partitions
     * come and go here.
     *
     * @return how many it has handed over.
     * @throws StaleMemberException if the group has expelled the member, also while the handler was working.
     * @throws ClosedException if the member is closed.
     */
    public int poll(final FrameHandler to, final int limit) {
        if (depth > 0) {
            throw new IllegalStateException("member " + name + " polls while it is being handed a record");
        }
        enter();
        try {
            final long now = group.nanoTime();
            lastPollNs = now;
            if (thread != Thread.currentThread()) {
                thread = Thread.currentThread();
            }
            group.checkMembers(now);
            if (group.generation() != seen || leaving > 0) {
                adopt(now);
            }
            handler = to;
            handled = 0;
            for (int i = 0; i < readers.length && handled < limit; i++) {
                polled = next;
                if (readers[next] != null && leavingSince[next] == 0) {
                    readers[next].controlledPoll(guarded, limit - handled);
                }
                next = next + 1 == readers.length ? 0 : next + 1;
            }
            if (state.get() == EXPELLED) {
                throw group.stale(this);
            }
            lastPollNs = group.nanoTime(); // handling records is no absence
            return handled;
        } finally {
            handler = null;
            exit();
        }
    }

    private Action onFrame(final Frame frame) {
        if (state.get() == EXPELLED) { // others are handed it
            throw group.stale(this);
        }
        rejections.begin(frame);
        try {
            handler.onFrame(frame);
        } finally {
            rejections.end();
        }
        if (rejections.isRejected() && !rejections.isSettled(polled, frame)) {
            return Action.ABORT;
        }
        uncommitted[polled]++;
        handled++;
        return Action.CONTINUE;
    }

    /** Refuses a record that the handler is being handed; see {@link Subscription#reject}. */
    public void reject(final Frame frame, final String cause) {
        rejections.reject(frame, cause);
    }

    /** Partition of the record that the handler is being handed. */
    public int partition() {
        return polled;
    }

    /**
     * Makes the present place of the member's partitions the group's, and gives up what is to move.
     *
     * @throws StaleMemberException if the group has expelled the member; the place of its partitions is that of their
     *     new owners.
     * @throws ClosedException if the member is closed.
     */
    public void commit() {
        enter();
        try {
            stage();
            group.commit();
            giveUpSettled();
        } finally {
            exit();
        }
    }

    /**
     * As {@link #commit}, but housekeeping writes it and forces it to the disk, for all members together. Until the future
     * is complete a crash may deliver the records again; other members do not.
     *
     * @return completed on the housekeeping thread.
     */
    public CompletableFuture<Void> commitAsync() {
        enter();
        try {
            stage();
            final CompletableFuture<Void> future = group.commitLater();
            giveUpSettled();
            return future;
        } finally {
            exit();
        }
    }

    private void stage() {
        for (int i = 0; i < readers.length; i++) {
            positions[i] = readers[i] == null ? -1 : readers[i].position();
            numbers[i] = readers[i] == null ? -1 : readers[i].offset();
        }
        group.stage(this, positions, numbers);
        Arrays.fill(uncommitted, 0);
    }

    private void adopt(final long nowNs) {
        seen = group.generation(); // before looking: what changes meanwhile is looked at next time
        final List<Integer> assigned = new ArrayList<>();
        final List<Integer> revoked = new ArrayList<>();
        synchronized (group) {
            for (int i = 0; i < readers.length; i++) {
                final boolean stays = group.isOf(i, this);
                if (readers[i] == null && stays) {
                    readers[i] = group.take(i);
                    assigned.add(i);
                } else if (readers[i] != null && stays && leavingSince[i] != 0) {
                    leavingSince[i] = 0;
                    leaving--;
                    assigned.add(i);
                } else if (readers[i] != null && !stays && leavingSince[i] == 0) {
                    leavingSince[i] = nowNs;
                    leaving++;
                    revoked.add(i);
                }
            }
        }
        if (!revoked.isEmpty()) {
            config.listener().onRevoked(this, revoked);
        }
        giveUpOverdue(nowNs);
        giveUpSettled();
        if (!assigned.isEmpty()) {
            config.listener().onAssigned(this, assigned);
        }
    }

    /** What has waited for a commit so long goes without. */
    private void giveUpOverdue(final long nowNs) {
        for (int i = 0; i < readers.length; i++) {
            if (leavingSince[i] != 0 && nowNs - leavingSince[i] > sessionTimeoutNs()) {
                uncommitted[i] = 0;
            }
        }
    }

    /** Gives up the partitions that are to move and of which nothing is uncommitted. */
    private void giveUpSettled() {
        if (leaving == 0 || handler != null) {
            return; // a reader that is handing a record over stays open
        }
        final List<Integer> settled = new ArrayList<>();
        for (int i = 0; i < readers.length; i++) {
            if (leavingSince[i] != 0 && uncommitted[i] == 0) {
                closeReader(i);
                settled.add(i);
            }
        }
        if (!settled.isEmpty()) {
            group.release(this, settled);
        }
    }

    private void closeReader(final int partition) {
        if (readers[partition] != null) {
            readers[partition].close();
            readers[partition] = null;
            uncommitted[partition] = 0;
            if (leavingSince[partition] != 0) {
                leavingSince[partition] = 0;
                leaving--;
            }
        }
    }

    private void closeReaders() {
        for (int i = 0; i < readers.length; i++) {
            closeReader(i);
        }
    }

    private void enter() {
        if (depth == 0 && !state.compareAndSet(IDLE, BUSY)) {
            switch (state.get()) {
                case CLOSED -> throw new ClosedException("member " + name + " of group " + group.name() + " is closed");
                case EXPELLED -> throw group.stale(this);
                default -> throw new IllegalStateException("member " + name + " of group " + group.name()
                    + " is used by two threads at once");
            }
        }
        depth++;
    }

    private void exit() {
        depth--;
        if (depth == 0 && !state.compareAndSet(BUSY, IDLE) && state.get() == EXPELLED) {
            closeReaders(); // whoever expelled it left them to us
        }
    }

    /** Called under the group's lock. */
    void expel() {
        if (state.getAndSet(EXPELLED) == IDLE) {
            closeReaders();
        }
    }

    boolean isDead(final long nowNs) {
        final Thread user = thread;
        return (user != null && !user.isAlive()) || idleNs(nowNs) > sessionTimeoutNs();
    }

    long idleNs(final long nowNs) {
        return nowNs - lastPollNs;
    }

    long sessionTimeoutNs() {
        return TimeUnit.MILLISECONDS.toNanos(config.sessionTimeoutMs());
    }

    String threadName() {
        final Thread user = thread;
        return user == null ? "" : user.getName();
    }

    /**
     * Leaves the group without a commit; the listener is told first, and may commit. Idempotent, and harmless after the
     * group has expelled the member. Not from within a handler.
     */
    @Override
    public void close() {
        if (depth > 0) {
            throw new IllegalStateException("member " + name + " is closed while it is being handed a record");
        }
        final int was = state.get();
        if (was == CLOSED || was == EXPELLED) {
            return;
        }
        final List<Integer> owned = partitions();
        enter();
        try {
            if (!owned.isEmpty()) {
                config.listener().onRevoked(this, owned);
            }
        } finally {
            depth = 0;
            closeReaders();
            state.compareAndSet(BUSY, CLOSED);
            group.leave(this);
        }
    }
}
