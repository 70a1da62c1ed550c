/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;

/**
 * The claim of one appender, kept where housekeeping finds it when the appender itself is gone. The appender's thread
 * writes the first four fields with plain stores, since nobody acts on them while that thread lives: whoever seals a
 * claim has seen the thread end or the appender collected, and with that everything that it stored.
 */
final class Claim {
    static final int NOTHING = -1;

    private static final VarHandle OFFSET;

    static {
        try {
            OFFSET = MethodHandles.lookup().findVarHandle(Claim.class, "offset", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The thread that claims. */
    Thread owner;
    long position;
    /** Bytes from the position, unaligned. */
    int length;
    /** Offset in the segment; negative if nothing is claimed in the log. */
    int offset = NOTHING;

    /** Where the message that is being written begins, or the last one did. */
    volatile long messagePosition = Long.MAX_VALUE;
    /** The position behind it; the highest value until it is finished. */
    volatile long messageEnd = Long.MAX_VALUE;

    final long producerId;
    final String name;
    private final WeakReference<Appender> appender;

    /** Guarded by the {@link HoleWatch}, as the rest. */
    boolean sealed;
    boolean warned;
    long seenPosition = -1;
    long seenNs;

    Claim(final Appender appender, final long producerId, final String name) {
        this.appender = new WeakReference<>(appender);
        this.producerId = producerId;
        this.name = name;
    }

    /** Called by the thread that claims, when another one did before. */
    void own(final Thread thread) {
        owner = thread;
        VarHandle.releaseFence(); // before the claim is seen as open, or its last owner's death would count
    }

    boolean isOpen() {
        return (int) OFFSET.getAcquire(this) >= 0;
    }

    boolean isDropped() {
        return appender.refersTo(null);
    }

    /** Nobody can commit it any more, unless another thread takes the appender over. */
    boolean isOwnerGone() {
        final Thread thread = owner;
        return isDropped() || (thread != null && !thread.isAlive());
    }
}
