/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine;

import java.util.Map;

/**
 * One figure of the engine.
 *
 * @param name in Prometheus style, e.g. {@code peregrine_stream_appended_bytes}.
 * @param help one line of explanation.
 * @param labels what it belongs to.
 * @param value its value now.
 * @param counter whether it only ever rises.
 */
public record Metric(String name, String help, Map<String, String> labels, double value, boolean counter) {
}
