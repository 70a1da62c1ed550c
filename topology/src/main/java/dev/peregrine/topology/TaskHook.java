/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

/**
 * Looks on at what an instance does (Heron: task hook), e.g. to trace or to measure. Called on the instance's thread;
 * an instance without hooks pays nothing for them. What a hook throws counts as thrown by the stage.
 */
public interface TaskHook {
    /** The stage was opened. */
    default void onOpen(final StageContext context) {
    }

    /** An event is about to be handed to the stage. */
    default void beforeEvent(final EventView event) {
    }

    /** The stage has handled an event without throwing. */
    default void afterEvent(final EventView event) {
    }

    /** The stage emits an event; the view is valid during the call. */
    default void onEmit(final EventView event) {
    }

    /** The stage threw at an event; called for each attempt. */
    default void onError(final EventView event, final RuntimeException cause) {
    }

    /** The stage is about to be closed. */
    default void onClose() {
    }
}
