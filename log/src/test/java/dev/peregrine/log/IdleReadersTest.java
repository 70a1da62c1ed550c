/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.log.WaitReason.Kind;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdleReadersTest {
    private static final int LONGEST = 60;
    private static final long SECOND = 1_000_000_000;

    @TempDir
    private Path directory;
    private PartitionLog log;
    private Appender appender;
    private PartitionReader reader;

    @BeforeEach
    void open() {
        log = PartitionLog.open(PartitionConfig.of(directory, "test/0").withSegmentLength(64 << 10));
        appender = log.newAppender(1);
        reader = log.newReader(0);
        reader.name("subscription 'audit'");
    }

    @AfterEach
    void close() {
        reader.close();
        appender.close();
        log.close();
    }

    private Kind kind() {
        return reader.waitingFor().kind();
    }

    private void poll() {
        reader.poll(frame -> { }, 100);
    }

    private void checkAt(final long second) {
        log.idleReaders().check(second * SECOND);
    }

    private void assertSpoken(final long warnings, final long errors) {
        assertThat(log.idleReaders().warnings()).isEqualTo(warnings);
        assertThat(log.idleReaders().errors()).isEqualTo(errors);
    }

    @Test
    void shouldNameWhatAReaderWaitsFor() {
        assertThat(kind()).isEqualTo(Kind.NOTHING_PUBLISHED);
        Records.append(appender, 1, 0, LONGEST);
        assertThat(kind()).isEqualTo(Kind.NOTHING);
        poll();
        assertThat(kind()).isEqualTo(Kind.NOTHING_PUBLISHED);
        appender.claim(10);
        assertThat(kind()).isEqualTo(Kind.HOLE);
        assertThat(reader.waitingFor().position()).isEqualTo(appender.claimPosition());
        assertThat(reader.waitingFor().hole().producerId()).isEqualTo(1);
        assertThat(reader.waitingFor().toString()).contains("publisher 1, thread " + Thread.currentThread().getName());
        appender.abort();
        assertThat(kind()).isEqualTo(Kind.NOTHING);
        reader.isolation(ReadIsolation.DURABLE);
        final WaitReason reason = reader.waitingFor();
        assertThat(reason.kind()).isEqualTo(Kind.NOT_DURABLE);
        assertThat(reason.boundPosition()).isZero();
        assertThat(reason.toString()).contains("test/0", "position " + reader.position(), "not on disk");
        log.force();
        assertThat(kind()).isEqualTo(Kind.NOTHING);
        final AtomicLong committed = new AtomicLong();
        log.committedBy(committed::get);
        reader.isolation(ReadIsolation.COMMITTED);
        assertThat(kind()).isEqualTo(Kind.NOT_COMMITTED);
        committed.set(Long.MAX_VALUE);
        poll();
        assertThat(kind()).isEqualTo(Kind.NOTHING_PUBLISHED);
        log.end();
        poll();
        assertThat(kind()).isEqualTo(Kind.END_OF_STREAM);
        checkAt(1);
        checkAt(1_000);
        assertSpoken(0, 0);
    }

    @Test
    void shouldWarnOnceAndThenRaiseErrorsOfAReaderAtAHole() {
        appender.claim(10);
        try (Appender other = log.newAppender(2)) {
            Records.append(other, 2, 0, LONGEST);
        }
        checkAt(1);
        checkAt(10);
        assertSpoken(0, 0);
        checkAt(11);
        assertSpoken(1, 0);
        assertThat(reader.waitingFor().ageNs()).isEqualTo(10 * SECOND);
        checkAt(60);
        assertSpoken(1, 0);
        checkAt(61);
        assertSpoken(1, 1);
        checkAt(120);
        assertSpoken(1, 1);
        checkAt(121);
        assertSpoken(1, 2);
        appender.abort();
        checkAt(200);
        assertSpoken(1, 2);
        assertThat(reader.waitingFor().ageNs()).isZero();
    }

    @Test
    void shouldLeaveReadersAloneThatDoNotPollOrHaveReadAll() {
        Records.append(appender, 1, 0, LONGEST);
        checkAt(1);
        checkAt(1_000);
        poll();
        checkAt(1_001);
        checkAt(2_000);
        assertSpoken(0, 0);
    }

    @Test
    void shouldBeginAnewWhenTheReaderMoves() {
        Records.append(appender, 1, 0, LONGEST);
        Records.append(appender, 1, 1, LONGEST);
        reader.isolation(ReadIsolation.DURABLE);
        checkAt(1);
        checkAt(11);
        assertSpoken(1, 0);
        log.force();
        poll();
        Records.append(appender, 1, 2, LONGEST);
        checkAt(20);
        checkAt(29);
        assertSpoken(1, 0);
        checkAt(30);
        assertSpoken(2, 0);
    }

    @Test
    void shouldForgetAReaderThatIsClosedAndFollowOtherLimits() {
        log.idleReaders().limits(new IdleReaderLimits(SECOND, 2 * SECOND));
        appender.claim(10);
        checkAt(1);
        checkAt(2);
        checkAt(3);
        assertSpoken(1, 1);
        reader.close();
        checkAt(10);
        assertSpoken(1, 1);
    }
}
