/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.Peregrine;
import dev.peregrine.app.DemoListener;
import dev.peregrine.app.DemoOptions;
import dev.peregrine.app.DemoReport;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.CorruptDataException;
import dev.peregrine.core.error.DataDirectoryInUseException;
import dev.peregrine.eventbus.Subscription;
import dev.peregrine.log.FrameDescriptor;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdsDemoTest {
    @TempDir
    private Path directory;
    private final List<String> messages = new ArrayList<>();

    private DemoReport run(final long events, final int threads, final Path input) throws Exception {
        return new AdsDemo().run(
            new DemoOptions(directory.resolve("data"), true, events, 0, input, null, threads, false), new DemoListener() {
                @Override
                public void message(final String line) {
                    messages.add(line);
                }

                @Override
                public void progress(final Progress progress) {
                    assertThat(progress.events()).isLessThanOrEqualTo(progress.target());
                }
            });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldCountExactlyOnAnyNumberOfThreads(final int threads) throws Exception {
        final DemoReport report = run(200_000, threads, null);
        assertThat(report.events()).isEqualTo(200_000);
        assertThat(Oracle.counted(report)).isEqualTo(Oracle.expected(200_000));
    }

    @Test
    void shouldResumeWhereTheFirstRunEnded() throws Exception {
        run(60_000, 1, null);
        final DemoReport report = run(150_000, 2, null);
        assertThat(report.resumedFrom()).isEqualTo(60_000);
        assertThat(report.publishedNow()).isEqualTo(90_000);
        assertThat(Oracle.counted(report)).isEqualTo(Oracle.expected(150_000));
        final DemoReport again = run(150_000, 1, null);
        assertThat(again.publishedNow()).isZero();
        assertThat(Oracle.counted(again)).isEqualTo(Oracle.expected(150_000));
    }

    @Test
    void shouldSendMalformedLinesToTheDeadLetterStreamOnce() throws Exception {
        final Path input = Files.createDirectory(directory.resolve("input"));
        Files.writeString(input.resolve("bts-men.csv"), "\uFEFF" + """
            ,timestamp,item_id,position,click,extra
            0,2019-11-24 00:01:03.979311+00:00,2,2,0,x
            1,not a time,2,2,0,x
            2,2019-11-24 00:01:05+00:00,seven,2,0,x

            3,"2019-11-24 00:01:05+00:00,7,1,1,x
            4,2019-11-24 00:01:05+00:00,7,1
            5,2019-11-24 00:01:06+00:00,7,1,1,x
            """, StandardCharsets.UTF_8);
        for (int i = 0; i < 2; i++) {
            final DemoReport report = run(2, 1, input);
            assertThat(report.malformed()).isEqualTo(4);
            assertThat(report.events()).isEqualTo(2);
            assertThat(report.spendMicros()).isEqualTo(252_000);
        }
        assertThat(messages).anyMatch(line -> line.contains("bts-men.csv line 3") && line.contains("timestamp"))
            .anyMatch(line -> line.contains("bts-men.csv line 6"))
            .anyMatch(line -> line.contains("bts-men.csv line 7") && line.contains("4 columns instead of 6"));
        try (Peregrine engine = Peregrine.open(directory.resolve("data"));
            Subscription dead = engine.subscribe(AdsTopology.DEAD_LETTER_STREAM, "test")) {
            assertThat(dead.poll(frame -> { }, 100)).isEqualTo(4);
        }
    }

    @Test
    void shouldRefuseADirectoryWithoutData() {
        assertThatThrownBy(() -> run(10, 1, directory)).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("bts-men.csv");
    }

    @Test
    void shouldRefuseADataDirectoryInUse() {
        try (Peregrine engine = Peregrine.open(directory.resolve("data"))) {
            assertThat(engine.health().ok()).isTrue();
            assertThatThrownBy(() -> run(10, 1, null)).isInstanceOf(DataDirectoryInUseException.class)
                .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void shouldNameTheFileAndPositionOfADamagedFrame() throws Exception {
        run(50_000, 1, null);
        final Path segment =
            directory.resolve("data/streams/impressions/partition-0/00000000000000000000.seg");
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(4096 + 10 * FrameDescriptor.alignedLength(EncodedRows.LENGTH) + 60);
            final int old = file.read();
            file.seek(file.getFilePointer() - 1);
            file.write(old ^ 4);
        }
        assertThatThrownBy(() -> run(60_000, 1, null)).isInstanceOf(CorruptDataException.class)
            .hasMessageContaining("position 1120").hasMessageContaining(segment.getFileName().toString());
    }
}
