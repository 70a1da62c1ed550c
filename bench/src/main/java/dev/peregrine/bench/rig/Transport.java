/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.bench.rig;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * Something that carries payloads from senders to receivers: what the log and the ring are, and their peers.
 * {@link #newSender} and {@link #newReceiver} may be called from any thread, what they return is used by one.
 */
public interface Transport extends AutoCloseable {
    /** How everybody waits: with two cores, spinning would starve what is measured. */
    IdleStrategy IDLE = YieldingIdleStrategy.INSTANCE;

    /** A sender of its own for one thread. */
    Sender newSender();

    /** A receiver for one thread; a log's starts at the first record that is kept. */
    Receiver newReceiver();

    /** A receiver for one thread that gets only what is sent from now on, where the transport keeps anything. */
    default Receiver newTail() {
        return newReceiver();
    }

    @Override
    void close();

    /** The sending end. */
    interface Sender extends AutoCloseable {
        /** Copies a payload in; waits where there is no room. */
        void send(DirectBuffer payload, int length);

        /** Makes everything sent so far visible, for transports that batch. */
        default void flush() {
        }

        @Override
        default void close() {
        }
    }

    /** The receiving end. */
    interface Receiver extends AutoCloseable {
        /** Hands over what is there, up to a limit; returns how many payloads that were. */
        int poll(Payloads handler, int limit);

        @Override
        default void close() {
        }
    }

    /** Takes payloads on the receiver's thread; they are valid only during the call. */
    @FunctionalInterface
    interface Payloads {
        /** Called once per payload. */
        void onPayload(DirectBuffer buffer, int offset, int length);
    }
}
