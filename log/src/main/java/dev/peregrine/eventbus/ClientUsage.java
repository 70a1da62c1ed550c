/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

/**
 * What one client, which is a publisher's name, has published to a stream since the engine was opened.
 *
 * @param client its name.
 * @param records records it has claimed room for.
 * @param bytes bytes of their payloads.
 * @param overSoft records that were over a soft limit, its own or the stream's; they were published.
 * @param overHard records that were over a hard limit: refused, held up, or with {@link Limits.OnExceed#COUNT} published.
 * @param blockedNs nanoseconds that it was held up.
 */
public record ClientUsage(
    String client, long records, long bytes, long overSoft, long overHard, long blockedNs) {
}
