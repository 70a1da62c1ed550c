/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import java.util.List;

/**
 * Whether the engine does its work.
 *
 * @param ok no problem is known.
 * @param problems one line each.
 */
public record Health(boolean ok, List<String> problems) {
}
