/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology;

import java.io.Serializable;
import java.util.function.Supplier;

/** Makes the instances of a component; serializable, so that the same topology can be sent to another engine. */
@FunctionalInterface
public interface StageSupplier extends Supplier<Stage>, Serializable {
}
