/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peregrine.core.files.DataDirectoryLock;
import dev.peregrine.core.files.FilesFacade;
import dev.peregrine.eventbus.EventBus;
import dev.peregrine.eventbus.Publisher;
import dev.peregrine.eventbus.StreamConfig;
import dev.peregrine.eventbus.Subscription;
import dev.peregrine.log.Appender;
import dev.peregrine.log.PartitionConfig;
import dev.peregrine.log.PartitionLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCommandTest {
    @TempDir
    private Path directory;
    private String out;
    private String err;

    private int run(final String... args) {
        final StringWriter outText = new StringWriter();
        final StringWriter errText = new StringWriter();
        final int code = Main.execute(new PrintWriter(outText), new PrintWriter(errText), args);
        out = outText.toString();
        err = errText.toString();
        return code;
    }

    private Path partition() {
        return directory.resolve("streams/s/partition-0");
    }

    @BeforeEach
    void publish() {
        try (EventBus bus = EventBus.open(directory.resolve("streams"), FilesFacade.SYSTEM)) {
            bus.provision(StreamConfig.of("s").withSegmentLength(64 << 10));
        }
        try (PartitionLog log = PartitionLog.open(
                PartitionConfig.of(partition(), "s/0").withSegmentLength(64 << 10));
            Appender appender = log.newAppender(0xab)) {
            for (int i = 0; i < 3; i++) {
                final int at = appender.claim(Long.BYTES);
                appender.buffer().putLong(at, 0x1122334455667788L);
                appender.commit(5, 6, 7, 1_000_000_000L + i, i);
            }
        }
    }

    @Test
    void shouldVerifyADataDirectoryAndNameADefect() throws IOException {
        assertThat(run("log", "verify", directory.toString())).as(err).isZero();
        assertThat(out).contains("partition-0: 3 records, 0 control frames, 0 open claims, 0 defects");

        final Path segment = partition().resolve("00000000000000000000.seg");
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(4096 + 64 + 50);
            file.write(0);
        }
        assertThat(run("log", "verify", partition().toString())).isEqualTo(1);
        assertThat(out).contains(segment + ": byte 4160, position 64: the frame fails its checksum", ": 2 records");
        assertThat(run("log", "dump", partition().toString())).isEqualTo(1);
        assertThat(out.lines()).hasSize(2);
    }

    @Test
    void shouldRepairWhatItIsToldHowToRepair() throws IOException {
        final Path segment = partition().resolve("00000000000000000000.seg");
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(4096 + 64 + 50);
            file.write(0);
        }
        assertThat(run("log", "repair", directory.toString())).as("cut or seal").isEqualTo(2);
        assertThat(run("log", "repair", "--seal", directory.toString())).as(err).isZero();
        assertThat(out).contains("64 bytes at position 64 are padding now", "repaired, 0 defects left");
        assertThat(run("log", "verify", directory.toString())).isZero();
        assertThat(out).contains(": 2 records");
        assertThat(run("log", "repair", "--cut", partition().toString())).as(err).isZero();
        assertThat(out).contains("nothing to repair");
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, directory)) {
            assertThat(run("log", "repair", "--cut", partition().toString())).isEqualTo(1);
            assertThat(err).contains("in use");
        }
    }

    @Test
    void shouldDumpFramesForPeopleAndMachines() throws IOException {
        assertThat(run("log", "dump", directory.toString())).as(err).isZero();
        assertThat(out.lines().toList().get(1)).contains(
            "position=64 offset=1 time=1970-01-01T00:00:01.000000001Z", "schema=5 template=6", "sequence=1 length=8");
        assertThat(run("log", "dump", "--json", directory.toString())).isZero();
        final List<String> lines = out.lines().toList();
        assertThat(lines).hasSize(3);
        final JsonNode last = new ObjectMapper().readTree(lines.get(2));
        assertThat(last.get("offset").asLong()).isEqualTo(2);
        assertThat(last.get("producer").asText()).isEqualTo("ab");
        assertThat(last.get("payload").asText()).isEqualTo("8877665544332211");
    }

    @Test
    void shouldTellWhatAPartitionHolds() throws IOException {
        assertThat(run("log", "stat", directory.toString())).as(err).isZero();
        assertThat(out).contains("records=3", "endPosition=192", "firstTime=1970-01-01T00:00:01Z");
        assertThat(run("log", "stat", "--json", directory.toString())).isZero();
        final JsonNode stat = new ObjectMapper().readTree(out);
        assertThat(stat.get("payloadBytes").asLong()).isEqualTo(24);
        assertThat(stat.get("producers").get("ab").get("highestSequence").asLong()).isEqualTo(2);
    }

    @Test
    void shouldVerifyAndRepairThePlacesOfSubscriptionsAndTheCounters() throws IOException {
        try (EventBus bus = EventBus.open(directory.resolve("streams"), FilesFacade.SYSTEM)) {
            bus.subscribe("s", "audit").close();
        }
        final Path positions = directory.resolve("streams/s/subscriptions/audit.pos");
        final Path counters = partition().resolve("positions.cnt");
        assertThat(run("log", "verify", directory.toString())).as(out).isZero();
        Files.write(positions, new byte[(int) Files.size(positions)]);
        Files.write(counters, new byte[128]);
        assertThat(run("log", "verify", directory.toString())).isEqualTo(1);
        assertThat(out).contains(positions + ": byte 0: ", counters + ": byte 0: ");
        assertThat(run("log", "repair", "--cut", directory.toString())).as(err).isZero();
        assertThat(out).contains(positions + " is audit.pos.torn now", counters + ": the damaged counters are deleted");
        assertThat(run("log", "verify", directory.toString())).as(out).isZero();
        try (EventBus bus = EventBus.open(directory.resolve("streams"), FilesFacade.SYSTEM)) {
            assertThat(bus.subscriptions("s")).isEmpty();
            try (Subscription audit = bus.subscribe("s", "audit")) {
                assertThat(audit.poll(frame -> { }, 10)).isEqualTo(3);
            }
        }
    }

    @Test
    void shouldFailWhereThereIsNoLog(@TempDir final Path empty) {
        assertThat(run("log", "verify", empty.toString())).isEqualTo(1);
        assertThat(err).startsWith("peregrine: there is no log in ");
        assertThat(run("log", "stat", empty.resolve("none").toString())).isEqualTo(1);
        assertThat(err).contains("is no directory");
    }

    @Test
    void shouldFindStreamsWithoutRecordsWhole(@TempDir final Path empty) {
        assertThat(run("stream", "create", "s", "--data-dir", empty.toString())).as(err).isZero();
        assertThat(run("log", "verify", empty.toString())).as(err).isZero();
        assertThat(out).contains("no stream has a record yet");
        assertThat(run("log", "stat", empty.toString())).as(err).isZero();
    }

    @Test
    void shouldBackUpAndRestore() throws IOException {
        final String data = directory.resolve("data").toString();
        assertThat(run("stream", "create", "clicks", "--segment-length", "64KiB", "--data-dir", data)).as(err).isZero();
        final String backup = directory.resolve("backup").toString();
        try (DataDirectoryLock lock = DataDirectoryLock.take(FilesFacade.SYSTEM, Path.of(data))) {
            try (EventBus bus = EventBus.open(Path.of(data, "streams"), lock.files());
                Publisher publisher = bus.publisher("clicks", "p")) {
                for (int i = 0; i < 10; i++) {
                    publisher.publish(i, 1, 1, i, i, new UnsafeBuffer(new byte[100]), 0, 100);
                }
            }
            assertThat(run("log", "backup", data, backup)).isEqualTo(1);
            assertThat(err).contains("in use");
        }
        assertThat(run("log", "backup", data, backup)).as(err).isZero();
        assertThat(out).contains("backup of " + data + " is in " + backup);
        assertThat(run("log", "backup", data, backup)).isEqualTo(1);
        assertThat(err).contains("exists");

        final String restored = directory.resolve("restored").toString();
        assertThat(run("log", "restore", backup, restored)).as(err).isZero();
        assertThat(out).contains(": 10 records, ");
        assertThat(run("log", "restore", backup, restored)).isEqualTo(1);
        assertThat(err).contains("exists");

        try (RandomAccessFile file = new RandomAccessFile(
            Path.of(backup, "clicks/partition-0/00000000000000000000.seg").toFile(), "rw")) {
            file.seek(4096 + 60);
            file.write(77);
        }
        assertThat(run("log", "restore", backup, directory.resolve("bad").toString())).isEqualTo(1);
        assertThat(err).contains("the backup is damaged", backup + "/clicks/partition-0/00000000000000000000.seg");
        assertThat(directory.resolve("bad")).doesNotExist();
        assertThat(run("log", "restore", directory.resolve("none").toString(), directory.resolve("bad").toString()))
            .isEqualTo(1);
        assertThat(directory.resolve("bad")).doesNotExist();
        final Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThat(run("log", "restore", backup, empty.toString())).isEqualTo(1);
        assertThat(empty).isEmptyDirectory();
        assertThat(run("log", "repair", "--seal", backup)).as(err).isZero();
        assertThat(run("log", "restore", backup, directory.resolve("repaired").toString())).as(err).isZero();
        assertThat(out).contains(": 9 records, ");
        assertThat(directory.resolve("repaired/streams")).isDirectoryContaining(path -> path.endsWith("clicks"))
            .isDirectoryNotContaining(DataDirectoryLock::isOwn);
        Files.delete(Path.of(restored, "streams/clicks/stream.conf"));
        assertThat(run("log", "restore", backup, restored)).isEqualTo(1);
        assertThat(Path.of(restored, "streams/clicks/partition-0")).isNotEmptyDirectory();
        assertThat(Path.of(restored, DataDirectoryLock.FILE)).exists();
    }

    @Test
    void shouldFindAStreamThatLostItsDescriptionOrAPartition() throws IOException {
        Files.delete(directory.resolve("streams/s/stream.conf"));
        assertThat(run("log", "verify", directory.toString())).isEqualTo(1);
        assertThat(out).contains("stream.conf").contains("is missing");
    }
}
