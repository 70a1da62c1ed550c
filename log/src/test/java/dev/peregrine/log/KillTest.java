/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of a process that appends with several threads: everything that it had acknowledged is there. */
@Timeout(120)
class KillTest {
    private static final int SEGMENT_LENGTH = 64 << 10;
    private static final int LONGEST = 900;
    private static final int PRODUCERS = 3;

    @TempDir
    private Path directory;

    private static PartitionConfig config(final Path at, final Durability durability) {
        return PartitionConfig.of(at, "kill/0").withSegmentLength(SEGMENT_LENGTH).withDurability(durability, 1);
    }

    /** The process that is killed: appends for ever and prints producer and sequence of what it has committed. */
    static final class Victim {
        private Victim() {
        }

        /** Takes the directory and the durability. */
        @SuppressWarnings("resource")
        public static void main(final String[] args) {
            final PartitionLog log = PartitionLog.open(config(Path.of(args[0]), Durability.valueOf(args[1])));
            final PrintStream out = System.out;
            for (int i = 0; i < PRODUCERS; i++) {
                final int producer = i;
                new Thread(() -> {
                    final Appender appender = log.newAppender(producer);
                    for (long sequence = log.lastSequence(producer) + 1;; sequence++) {
                        Records.append(appender, producer, sequence, LONGEST);
                        if (sequence % 8 == producer) {
                            out.println(producer + " " + sequence);
                        }
                    }
                }).start();
            }
        }
    }

    private Process start(final Durability durability) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (final String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--add") || flag.startsWith("--sun") || flag.startsWith("--enable-native")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
            Victim.class.getName(), directory.toString(), durability.name()));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private void killAfter(final Durability durability, final int acknowledgements) throws Exception {
        final long[] acknowledged = {-1, -1, -1};
        final Process victim = start(durability);
        try (BufferedReader lines = new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.US_ASCII))) {
            int seen = 0;
            String line = lines.readLine();
            while (line != null) {
                final String[] words = line.split(" ");
                if (words.length == 2 && !words[1].isEmpty()) { // the last line may be cut
                    acknowledged[Integer.parseInt(words[0])] = Long.parseLong(words[1]);
                }
                if (++seen == acknowledgements) {
                    victim.toHandle().destroyForcibly(); // the process's own method would close the pipe too
                }
                line = lines.readLine();
            }
            assertThat(seen).isGreaterThanOrEqualTo(acknowledgements);
        } finally {
            victim.destroyForcibly().waitFor();
        }
        try (PartitionLog log = PartitionLog.open(config(directory, durability))) {
            final Map<Long, List<Long>> read = Records.readAll(log, 0, LONGEST);
            for (long producer = 0; producer < PRODUCERS; producer++) {
                final List<Long> kept = read.getOrDefault(producer, List.of());
                assertThat(kept).isEqualTo(Records.upTo(kept.size()));
                assertThat(kept.size() - 1L).isGreaterThanOrEqualTo(acknowledged[(int) producer]);
            }
            log.verify();
        }
    }

    @Test
    void shouldKeepWhatWasAcknowledged() throws Exception {
        for (int round = 0; round < 3; round++) {
            killAfter(Durability.OS, 300 + 700 * round);
        }
    }

    @Test
    void shouldKeepWhatWasAcknowledgedUnderSync() throws Exception {
        killAfter(Durability.SYNC, 50);
        killAfter(Durability.SYNC, 50);
    }
}
