/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.files;

import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;

/**
 * Runs what opens, uses and closes a file in spite of interrupts: one closes every channel that its thread is in, or comes
 * to, which says nothing about the disk. Stateless.
 */
public final class Uninterrupted {
    private Uninterrupted() {
    }

    /**
     * Something that can be done again from the beginning.
     *
     * @param <T> what it gives.
     * @param <E> what it may fail with.
     */
    @FunctionalInterface
    public interface Call<T, E extends Exception> {
        /** Opens every channel that it uses, and gives them back however it ends. */
        T run() throws E;
    }

    /**
     * Runs something until no interrupt has made it fail; the status of an interrupted thread is set again then.
     *
     * @throws E what it fails with for another reason.
     */
    public static <T, E extends Exception> T run(final Call<T, E> call) throws E {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try {
                    return call.run();
                } catch (final Exception e) {
                    if (!isByInterrupt(e)) {
                        throw e;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean isByInterrupt(final Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ClosedByInterruptException || cause instanceof FileLockInterruptionException) {
                return true;
            }
        }
        return false;
    }
}
