/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import dev.peregrine.core.error.ClosedException;
import dev.peregrine.core.error.StaleMemberException;
import dev.peregrine.log.ControlledFrameHandler;
import dev.peregrine.log.Frame;
import dev.peregrine.log.FrameHandler;
import dev.peregrine.log.GapHandler;
import dev.peregrine.log.PartitionReader;
import dev.peregrine.log.ReadIsolation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

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
    private final PartitionTurns turns;
    private final OwnedPartitions owned;
    private final LongPoll longPoll = new LongPoll(this::poll);
    /** Who may use the readers: the member's thread while it is BUSY, whoever expels it when it was IDLE. */
    private final AtomicInteger state = new AtomicInteger(IDLE);
    private volatile long lastPollNs;
    private volatile Thread thread;
    private volatile long seen = -1;
    private int depth;

    GroupMember(final Group group, final String name, final MemberConfig config, final Rejections rejections) {
        this.group = group;
        this.name = name;
        this.config = config;
        this.turns = new PartitionTurns(group.stream(), new Guard(), rejections);
        this.owned = new OwnedPartitions(group, this, config.listener(), turns);
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
        return owned.current();
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
        beginPoll();
        try {
            takePart();
            final int handled = turns.poll(to, limit);
            stillPartOfIt();
            return handled;
        } finally {
            exit();
        }
    }

    /**
     * As {@link #poll(FrameHandler, int)}, but waits while nothing is there in any partition, as
     * {@link Subscription#poll(FrameHandler, int, long)} does, and takes part in the group meanwhile.
     *
     * @param timeoutNs how long to wait; with 0 or less it does not.
     */
    public int poll(final FrameHandler to, final int limit, final long timeoutNs) {
        return longPoll.poll(to, limit, timeoutNs);
    }

    /**
     * As {@link #poll(FrameHandler, int)}, with a handler that says after each record whether to go on. With
     * {@link ControlledFrameHandler.Action#COMMIT} the place behind the record becomes the group's in its partition at
     * once, safe from the death of the process; it is forced to the disk with the next {@link #commit}.
     *
     * @return number of records passed; an aborted one is not among them.
     */
    public int controlledPoll(final ControlledFrameHandler to, final int limit) {
        beginPoll();
        try {
            takePart();
            final int handled = turns.controlledPoll(to, limit);
            stillPartOfIt();
            return handled;
        } finally {
            exit();
        }
    }

    private void beginPoll() {
        if (depth > 0) {
            throw new IllegalStateException("member " + name + " polls while it is being handed a record");
        }
        enter();
    }

    private void takePart() {
        final long now = group.nanoTime();
        lastPollNs = now;
        if (thread != Thread.currentThread()) {
            thread = Thread.currentThread();
        }
        group.checkMembers(now);
        if (group.generation() != seen || owned.isLeaving()) {
            seen = group.generation(); // before looking: what changes meanwhile is looked at next time
            owned.adopt(now);
        }
    }

    private void stillPartOfIt() {
        if (state.get() == EXPELLED) {
            throw group.stale(this);
        }
        lastPollNs = group.nanoTime(); // handling records is no absence
    }

    /** Hands over what is the member's as long as it is one. */
    private final class Guard implements PartitionTurns.Owner {
        @Override
        public boolean mayRead(final int partition) {
            return owned.isCurrent(partition);
        }

        @Override
        public void beforeRecord() {
            if (state.get() == EXPELLED) { // others are handed it
                throw group.stale(GroupMember.this);
            }
        }

        @Override
        public void afterRecord(final int partition) {
            owned.moved(partition);
        }

        @Override
        public void commit(final int partition, final long position, final long number) {
            owned.stage(partition, position, number);
            group.commits().commitUnforced();
        }
    }

    /** Refuses a record that the handler is being handed; see {@link Subscription#reject}. */
    public void reject(final Frame frame, final String cause) {
        turns.reject(frame, cause);
    }

    /** Partition of the record that the handler is being handed. */
    public int partition() {
        return turns.partition();
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
            owned.stage();
            group.commit();
            owned.giveUpSettled();
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
            owned.stage();
            final CompletableFuture<Void> future = group.commitLater();
            owned.giveUpSettled();
            return future;
        } finally {
            exit();
        }
    }

    /** Says how far the member may go in each partition from its next poll on; at first all that is visible. */
    public void isolation(final ReadIsolation isolation) {
        enter();
        try {
            turns.isolation(isolation);
        } finally {
            exit();
        }
    }

    /** Has a handler told of every gap in the member's partitions, as {@link Subscription#onGap} does. */
    public void onGap(final GapHandler handler) {
        enter();
        try {
            turns.onGap(handler);
        } finally {
            exit();
        }
    }

    /** How many gaps it has met, in partitions that have moved since too. */
    public long gaps() {
        return ask(turns::gaps);
    }

    /** Bytes that were published and not yet polled, over the member's partitions. */
    public long lagBytes() {
        return ask(turns::lagBytes);
    }

    /** Records that are committed without a gap and not yet polled, over the member's partitions. */
    public long lagRecords() {
        return ask(turns::lagRecords);
    }

    private long ask(final LongSupplier question) {
        enter();
        try {
            return question.getAsLong();
        } finally {
            exit();
        }
    }

    /**
     * Goes back, in the member's partitions, to the first record that is kept. Takes effect for the group with the next
     * {@link #commit}. Not from within a handler; {@link GroupListener#onAssigned} is a good place.
     */
    public void rewind() {
        seek(reader -> reader.seek(0));
    }

    /**
     * Goes, in the member's partitions, to the first record that is not older than a time, in nanoseconds since 1970, or
     * to the end; otherwise as {@link #rewind}.
     */
    public void seekToTimestamp(final long timestampNs) {
        seek(reader -> reader.seekToTimestamp(timestampNs));
    }

    /** Goes, in the member's partitions, behind the last record that is there now; otherwise as {@link #rewind}. */
    public void seekToLatest() {
        seek(reader -> reader.seekToOffset(Long.MAX_VALUE));
    }

    private void seek(final Consumer<PartitionReader> move) {
        if (turns.isHandingOver()) {
            throw new IllegalStateException("member " + name + " seeks while it is being handed a record");
        }
        enter();
        try {
            for (final int partition : owned.current()) {
                move.accept(turns.reader(partition));
                owned.moved(partition);
            }
        } finally {
            exit();
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
            owned.closeAll(); // whoever expelled it left them to us
        }
    }

    /** Called under the group's lock. */
    void expel() {
        if (state.getAndSet(EXPELLED) == IDLE) {
            owned.closeAll();
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
        final List<Integer> leaving = partitions();
        enter();
        try {
            if (!leaving.isEmpty()) {
                config.listener().onRevoked(this, leaving);
            }
        } finally {
            depth = 0;
            owned.closeAll();
            state.compareAndSet(BUSY, CLOSED);
            group.leave(this);
        }
    }
}
