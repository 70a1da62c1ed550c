/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.eventbus.KeyHash;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Grouping;

/** From one instance to all instances of a component that reads it. Used by the sender's thread. */
final class Route {
    private final Grouping grouping;
    private final Channel[] channels;
    private int turn;

    Route(final Grouping grouping, final Channel[] channels) {
        this.grouping = grouping;
        this.channels = channels;
    }

    void send(final EventView event) {
        if (channels.length == 1) {
            channels[0].send(event);
            return;
        }
        switch (grouping) {
            case KEY:
                channels[KeyHash.bucket(event.keyHash(), channels.length)].send(event);
                break;
            case SHUFFLE:
                channels[turn].send(event);
                turn = turn + 1 == channels.length ? 0 : turn + 1;
                break;
            case GLOBAL:
                channels[0].send(event);
                break;
            case ALL:
            default:
                for (int i = 0; i < channels.length; i++) {
                    channels[i].send(event);
                }
                break;
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
}
