/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Tells one run of the machine from another: the kernel's random boot id, as a number. */
final class BootId {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");
    private static final long CURRENT = read();

    private BootId() {
    }

    static long current() {
        return CURRENT;
    }

    private static long read() {
        try {
            final UUID id = UUID.fromString(Files.readString(KERNEL, StandardCharsets.US_ASCII).trim());
            return id.getMostSignificantBits() ^ id.getLeastSignificantBits();
        } catch (final IOException | IllegalArgumentException e) {
            // Not Linux: every process counts as a new boot, so that recovery trusts nothing it need not trust.
            return ManagementFactory.getRuntimeMXBean().getStartTime() ^ ProcessHandle.current().pid() << 48;
        }
    }
}
