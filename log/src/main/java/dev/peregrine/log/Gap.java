/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

/**
 * Records that a reader was to get and never will.
 *
 * @param log name of the partition, e.g. {@code impressions/0}.
 * @param cause what took them.
 * @param from position at which the gap starts.
 * @param to position at which the reader goes on.
 */
public record Gap(String log, Cause cause, long from, long to) {
    /** What takes records from a reader. */
    public enum Cause {
        /** Truncation or retention overtook the reader. */
        TRUNCATED,
        /** Truncation took the beginning of a message of several frames; its number is used up. */
        MESSAGE_CUT,
        /** The log is damaged there, and its readers pass that: see {@link PartitionLog#skipDamage}. */
        DAMAGED
    }

    @Override
    public String toString() {
        return "log " + log + ": positions " + from + " to " + to + " were not delivered: " + switch (cause) {
            case TRUNCATED -> "they were truncated before this reader came to them; keep more, or read faster";
            case MESSAGE_CUT -> "the beginning of the message was truncated";
            case DAMAGED -> "they are damaged; restore them from a copy";
        };
    }
}
