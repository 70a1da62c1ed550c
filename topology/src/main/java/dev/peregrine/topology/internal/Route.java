/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Grouping;
import dev.peregrine.topology.GroupingFunction;
import dev.peregrine.topology.Topology;
import java.util.Arrays;
import java.util.stream.IntStream;

/** From one instance to all instances of a component that reads it. Used by the sender's thread. */
final class Route {
    private static final int NO_TASK = -1;
    /** An odd number by which a key's second instance is found; the golden ratio's bits, as in Knuth's hashing. */
    private static final long SECOND_CHOICE = 0x9E3779B97F4A7C15L;

    private final String receiver;
    private final Grouping grouping;
    private final GroupingFunction function;
    private final Channel[] channels;
    /** The instances that take turns. */
    private final int[] turns;
    /** Events sent to each instance; kept for {@link Grouping#PARTIAL_KEY} only. */
    private final long[] sent;
    private int turn;
    private int task = NO_TASK;

    Route(final String receiver, final Topology.Input input, final Channel[] channels) {
        this.receiver = receiver;
        this.grouping = input.grouping();
        this.function = input.function();
        this.channels = channels;
        this.sent = new long[channels.length];
        final int[] local = IntStream.range(0, channels.length)
            .filter(i -> grouping == Grouping.LOCAL_OR_SHUFFLE && channels[i] instanceof FusedChannel).toArray();
        this.turns = local.length > 0 ? local : IntStream.range(0, channels.length).toArray();
    }

    /** The channel of the one instance that gets all events by a call; null if there are others or a choice to check. */
    FusedChannel onlyFused() {
        return channels.length == 1 && grouping != Grouping.DIRECT && grouping != Grouping.CUSTOM
            && channels[0] instanceof FusedChannel fused ? fused : null;
    }

    void send(final EventView event) {
        switch (grouping) {
            case KEY:
                channels[channels.length == 1 ? 0 : KeyHash.bucket(event.keyHash(), channels.length)].send(event);
                break;
            case SHUFFLE:
            case LOCAL_OR_SHUFFLE:
                channels[turns[turn]].send(event);
                turn = turn + 1 == turns.length ? 0 : turn + 1;
                break;
            case GLOBAL:
                channels[0].send(event);
                break;
            case PARTIAL_KEY:
                channels[lessLoaded(event.keyHash())].send(event);
                break;
            case DIRECT:
                channels[named()].send(event);
                break;
            case CUSTOM:
                channels[chosen(event)].send(event);
                break;
            case ALL:
            default:
                for (int i = 0; i < channels.length; i++) {
                    channels[i].send(event);
                }
                break;
        }
    }

    private int lessLoaded(final long keyHash) {
        final int first = KeyHash.bucket(keyHash, channels.length);
        final int second = KeyHash.bucket(Long.rotateLeft(keyHash * SECOND_CHOICE, 32), channels.length);
        final int less = sent[second] < sent[first] ? second : first;
        sent[less]++;
        return less;
    }

    private int named() {
        if (task == NO_TASK) {
            throw new IllegalStateException("a direct grouping to " + receiver + " needs toTask(...) before the event");
        }
        return task;
    }

    private int chosen(final EventView event) {
        final int choice = function.task(event, channels.length);
        if (choice < 0 || choice >= channels.length) {
            throw new PeregrineException("the custom grouping to " + receiver + " chose instance " + choice + " of "
                + channels.length);
        }
        return choice;
    }

    void toTask(final int value) {
        if (grouping == Grouping.DIRECT) {
            if (value < 0 || value >= channels.length) {
                throw new IllegalArgumentException(receiver + " has no instance " + value + " of " + channels.length);
            }
            task = value;
        }
    }

    void marker(final long epoch) {
        for (int i = 0; i < channels.length; i++) {
            channels[i].marker(epoch);
        }
    }

    void watermark(final long eventTimeNs) {
        for (int i = 0; i < channels.length; i++) {
            channels[i].watermark(eventTimeNs);
        }
    }

    void flush() {
        for (int i = 0; i < channels.length; i++) {
            channels[i].flush();
        }
    }

    long waitedNs() {
        long sum = 0;
        for (int i = 0; i < channels.length; i++) {
            sum += channels[i].waitedNs();
        }
        return sum;
    }

    @Override
    public String toString() {
        return grouping + " to " + receiver + " " + Arrays.toString(turns);
    }
}
