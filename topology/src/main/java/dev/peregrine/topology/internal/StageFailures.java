/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.eventbus.DeadLetters;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.FailurePolicy;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does with an event at which a stage threw what the failure policy says. Used by the instance's thread. */
final class StageFailures {
    /** The method in which a thread waits before a stage is tried again. */
    static final String AWAIT_RETRY = "awaitRetry";

    private static final Logger LOGGER = LoggerFactory.getLogger(StageFailures.class);
    private static final int LONGEST_CAUSE = 1_000;

    private final String topology;
    private final String component;
    private final int task;
    private final FailurePolicy policy;
    private final Supplier<InstanceStreamOutput> deadLetters;
    private final LongConsumer pause;
    private InstanceStreamOutput opened;

    /** Counted by the instance. */
    private long failed;
    private long retried;
    private long deadLettered;

    StageFailures(
        final String topology, final String component, final int task, final FailurePolicy policy,
        final Supplier<InstanceStreamOutput> deadLetters, final LongConsumer pause) {
        this.topology = topology;
        this.component = component;
        this.task = task;
        this.policy = policy;
        this.deadLetters = deadLetters;
        this.pause = pause;
    }

    /** Hands an event to the stage; throws what it throws. */
    @FunctionalInterface
    interface Attempt {
        void handle(EventView event);
    }

    /**
     * Called when the stage threw the first time; returns when the event is done with.
     *
     * @throws StageFailedException if the topology is to stop.
     */
    void handle(final EventView event, final RuntimeException first, final Attempt attempt) {
        RuntimeException cause = first;
        failed++;
        for (int retry = 1; retry <= policy.retries(); retry++) {
            awaitRetry(policy.backoffNs(retry));
            retried++;
            try {
                attempt.handle(event);
                return;
            } catch (final RuntimeException again) {
                if (isFatal(again)) {
                    throw again;
                }
                failed++;
                cause = again;
            }
        }
        if (!policy.toDeadLetters()) {
            throw new StageFailedException("topology " + topology + ": " + component + "[" + task + "]", cause);
        }
        toDeadLetters(event, cause);
    }

    /** Whether an exception is no fault of the event: it comes from the engine. */
    static boolean isFatal(final RuntimeException cause) {
        return cause instanceof PeregrineException || cause instanceof TopologyStoppedException;
    }

    private void toDeadLetters(final EventView event, final RuntimeException cause) {
        if (opened == null) {
            opened = deadLetters.get();
        }
        if (deadLettered++ == 0) {
            LOGGER.warn("topology {}: {}[{}] threw; the event goes to the dead-letter stream, as further ones will",
                topology, component, task, cause);
        }
        final int at = opened.claim(event.length());
        opened.buffer().putBytes(at, event.buffer(), event.offset(), event.length());
        header(TopologyHeaders.TOPOLOGY, topology);
        header(TopologyHeaders.COMPONENT, component);
        header(TopologyHeaders.TASK, Integer.toString(task));
        final String text = cause.toString();
        header(DeadLetters.CAUSE, text.substring(0, Math.min(text.length(), LONGEST_CAUSE)));
        final StackTraceElement[] stack = cause.getStackTrace();
        header(TopologyHeaders.AT, stack.length == 0 ? "" : stack[0].toString());
        header(DeadLetters.ATTEMPTS, Integer.toString(policy.retries() + 1));
        opened.commit(event.keyHash(), event.timestampNs(), event.schemaId(), event.templateId());
    }

    private void header(final String name, final String value) {
        final byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        opened.header(name.getBytes(StandardCharsets.UTF_8), new UnsafeBuffer(bytes), 0, bytes.length);
    }

    long failed() {
        return failed;
    }

    long retried() {
        return retried;
    }

    /** In a method of its own, named {@link #AWAIT_RETRY}: by it the watchdog knows from the stack that no stage hangs. */
    private void awaitRetry(final long ns) {
        pause.accept(ns);
    }

    long deadLettered() {
        return deadLettered;
    }
}
