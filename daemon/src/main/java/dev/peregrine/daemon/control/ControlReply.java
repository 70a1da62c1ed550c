/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.control;

import java.util.List;
import java.util.Map;

/**
 * What a client is told, one line of JSON.
 *
 * @param ok whether it was done.
 * @param text what to print, lines with their ends; if it was not done, why.
 * @param data the same for programs; empty where the text says all.
 */
public record ControlReply(boolean ok, String text, List<Map<String, Object>> data) {
    /** It was done. */
    public static ControlReply done(final String text) {
        return new ControlReply(true, text, List.of());
    }

    /** It was not done. */
    public static ControlReply refused(final String why) {
        return new ControlReply(false, why, List.of());
    }
}
