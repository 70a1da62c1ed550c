/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import java.io.Serializable;
import java.util.function.Supplier;

/** Makes the hook of one instance. */
@FunctionalInterface
public interface TaskHookSupplier extends Supplier<TaskHook>, Serializable {
}
