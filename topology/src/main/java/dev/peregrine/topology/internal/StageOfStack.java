/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.internal;

import dev.peregrine.topology.Stage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells from a thread's stack which of its instances is at work. So the way of an event needs no note of it; the price is
 * that instances of the same class on one thread cannot be told apart.
 */
final class StageOfStack {
    private static final String LAMBDA = "$$Lambda";

    private StageOfStack() {
    }

    /** The instances whose stage is innermost; all of them if it cannot be told; none if no stage is at work. */
    static List<String> instances(final StackTraceElement[] stack, final StageInstance[] instances) {
        for (final StackTraceElement element : stack) {
            final List<StageInstance> found = Arrays.stream(instances)
                .filter(instance -> isOf(element, instance.stage().getClass())).toList();
            if (!found.isEmpty()) {
                return found.stream().map(StageOfStack::name).toList();
            }
        }
        final boolean inStage =
            Arrays.stream(stack).anyMatch(element -> StageInstance.class.getName().equals(element.getClassName()));
        return inStage ? Arrays.stream(instances).map(StageOfStack::name).toList() : List.of();
    }

    private static String name(final StageInstance instance) {
        return instance.component() + "[" + instance.task() + "]";
    }

    /** Whether a frame is of a method of a stage, or of one it inherits, or of the body of a lambda that is one. */
    private static boolean isOf(final StackTraceElement element, final Class<?> stage) {
        final String frame = element.getClassName();
        final int lambda = stage.getName().indexOf(LAMBDA);
        if (lambda >= 0) {
            return frame.equals(stage.getName().substring(0, lambda)) && element.getMethodName().startsWith("lambda$");
        }
        return Stream.<Class<?>>iterate(stage, type -> type != null && Stage.class.isAssignableFrom(type),
            Class::getSuperclass).anyMatch(type -> type.getName().equals(frame));
    }
}
