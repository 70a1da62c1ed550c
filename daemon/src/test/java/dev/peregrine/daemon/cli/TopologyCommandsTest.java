/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peregrine.daemon.Daemon;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code peregrine topology} against a daemon, by the control socket. */
@Timeout(120)
class TopologyCommandsTest {
    private static final String WORDS = "dev.peregrine.apps.wordcount.WordCountTopology";

    @TempDir
    private Path directory;
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private String out;
    private String err;

    private Daemon start(final Path data) throws Exception {
        final Path file = directory.resolve("words.conf");
        Files.writeString(file, """
            peregrine {
              data-dir = "%s"
              streams.lines { partitions = 2, segment-length = 1MiB }
              tables.words {}
              topologies.words { class = "%s", threads = 1 }
            }
            """.formatted(data, WORDS), StandardCharsets.UTF_8);
        return Daemon.start(file, log::add);
    }

    private Path data() {
        return directory.resolve("data");
    }

    private int run(final Path data, final String... args) {
        final StringWriter outText = new StringWriter();
        final StringWriter errText = new StringWriter();
        final String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--data-dir";
        all[args.length + 1] = data.toString();
        final int code = Main.execute(new PrintWriter(outText), new PrintWriter(errText), all);
        out = outText.toString();
        err = errText.toString();
        return code;
    }

    private String done(final String args) {
        assertThat(run(data(), args.split(" ", -1))).as(err).isZero();
        assertThat(err).isEmpty();
        return out;
    }

    private String refused(final String args) {
        assertThat(run(data(), args.split(" ", -1))).as(out).isEqualTo(1);
        assertThat(out).isEmpty();
        assertThat(err.lines()).singleElement().asString().startsWith("peregrine: ");
        return err;
    }

    @Test
    void shouldLeadATopologyThroughItsLife() throws Exception {
        try (Daemon daemon = start(data())) {
            assertThat(daemon.dataDirectory()).isEqualTo(data());
            assertThat(done("topology list")).contains("words                    active");
            assertThat(done("topology list --json")).startsWith("{\"topology\":\"words\",\"state\":\"active\"");
            assertThat(done("topology describe words")).contains("topology words: 1 thread", "state             active",
                "latency           p50", "count[0]", "state-bytes");
            assertThat(done("topology describe words --json")).contains("\"counters\":[{\"instance\":");
            assertThat(done("topology update words count=3 split=2 --dry-run"))
                .contains("now:", "after the update:", "count[2]", "nothing was changed");
            assertThat(done("topology describe words")).doesNotContain("count[2]");
            assertThat(done("topology update words count=3")).contains("{count=3}", "count[2]");
            assertThat(done("topology deactivate words")).contains("no longer reads its sources");
            assertThat(done("topology list")).contains("inactive");
            assertThat(done("topology activate words")).contains("reads its sources");
            assertThat(done("topology savepoint take words first")).startsWith("savepoint first of topology words, ");
            assertThat(refused("topology savepoint take words first")).contains("savepoint first already");
            assertThat(done("topology savepoint list")).contains("first                    words");
            assertThat(done("topology savepoint list --json"))
                .startsWith("{\"savepoint\":\"first\",\"topology\":\"words\"");
            assertThat(done("topology restart words")).contains("goes on from there");
            assertThat(done("topology drain words")).contains("is stopped");
            assertThat(done("topology list")).contains("stopped");
            assertThat(done("topology restart words")).contains("goes on");
            assertThat(refused("topology submit words")).contains("topology words is running");
            assertThat(done("topology kill words")).contains("forgotten");
            assertThat(done("topology list").lines()).hasSize(1);
            assertThat(done("topology submit words --from first")).contains("runs from savepoint first", "thread 0");
            final String other = "topology submit other --class " + WORDS + " --set parallelism.count=2 --set threads=1";
            assertThat(done(other + " --dry-run")).contains("count[1]", "a dry run");
            assertThat(done(other)).contains("topology other runs", "a restart does not start it", "count[1]");
            assertThat(done("topology savepoint delete first")).contains("deleted");
            assertThat(log).anyMatch(line -> line.startsWith("control: topology other runs"));
        }
    }

    @Test
    void shouldSayWhyNotAndWhatIsNear() throws Exception {
        try (Daemon daemon = start(data())) {
            assertThat(daemon.httpPort()).isEqualTo(-1);
            assertThat(refused("topology describe word")).contains("no topology 'word'; did you mean 'words'?");
            assertThat(refused("topology submit wrods")).contains("'wrods'; did you mean 'words'?", "--class");
            assertThat(refused("topology update words cuont=2")).contains("'cuont'");
            assertThat(refused("topology update words count=0")).contains("1 to 256");
            assertThat(refused("topology submit new --class no.such.Thing")).contains("no.such.Thing", "cannot be used");
            assertThat(refused("topology submit new --class " + WORDS + " --set deliverry=x")).contains("'delivery'");
            assertThat(refused("topology submit new --class " + WORDS + " --set delivery=effectively"))
                .contains("delivery is 'effectively'", "effectively-once");
            assertThat(refused("topology submit new --class a.B --jar no.jar")).contains("there is no jar");
            assertThat(refused("topology submit new --set x")).contains("no KEY=VALUE");
            assertThat(refused("topology submit words --from none")).contains("is running");
            assertThat(refused("topology savepoint delete none")).contains("no savepoint 'none'");
            assertThat(run(data(), "topology", "update", "words")).isEqualTo(2);
        }
    }

    @Test
    void shouldSubmitAClassOfAJarOfItsOwn() throws Exception {
        final Path source = directory.resolve("Own.java");
        Files.writeString(source, """
            import dev.peregrine.topology.TopologyBuilder;
            public class Own implements dev.peregrine.app.TopologyFactory {
                public dev.peregrine.topology.Topology create(String name, com.typesafe.config.Config config) {
                    return TopologyBuilder.named(name).source("in", "lines").sink("own", Later::make).shuffle("in").build();
                }
            }
            class Later {
                static dev.peregrine.topology.Stage make() { return (event, out) -> { }; }
            }
            """, StandardCharsets.UTF_8);
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-cp",
            System.getProperty("java.class.path"), "-d", directory.toString(), source.toString())).isZero();
        final Path jar = directory.resolve("own.jar");
        try (JarOutputStream packed = new JarOutputStream(Files.newOutputStream(jar))) {
            for (final String name : List.of("Own.class", "Later.class")) {
                packed.putNextEntry(new JarEntry(name));
                packed.write(Files.readAllBytes(directory.resolve(name)));
            }
        }
        try (Daemon daemon = start(data())) {
            assertThat(daemon.respPort()).isEqualTo(-1);
            assertThat(done("topology submit own --class Own --jar " + jar)).contains("topology own runs", "own");
            assertThat(done("topology restart own")).contains("goes on"); // its classes are still there
            assertThat(done("topology kill own")).contains("forgotten");
            assertThat(done("topology submit own --class Own --jar " + jar)).contains("topology own runs");
        }
    }

    @Test
    void shouldBeForTheOwnerOnlyAndOutliveASocketThatAKilledDaemonLeft() throws Exception {
        assertThat(refused("topology list")).contains("there is no data directory");
        Files.createDirectories(data());
        assertThat(refused("topology list")).contains("no daemon runs on " + data());
        final Path socket = data().resolve("control.sock");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(socket));
        } // which does not delete the file
        assertThat(socket).exists();
        assertThat(refused("topology list")).contains("no daemon runs on", "has left its socket");
        try (Daemon daemon = start(data())) {
            assertThat(daemon.dataDirectory()).isEqualTo(data());
            assertThat(Files.getPosixFilePermissions(socket)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            done("topology list");
            try (var files = Files.list(data())) {
                assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith(".ctl"));
            }
        }
        assertThat(socket).doesNotExist();
        assertThat(refused("topology list")).contains("no daemon runs on " + data());
    }

    @Test
    void shouldWorkInADirectoryWhoseNameIsLongerThanASocketsMayBe() throws Exception {
        final Path far = directory.resolve("d".repeat(90)).resolve("e".repeat(90));
        try (Daemon daemon = start(far)) {
            assertThat(daemon.dataDirectory()).isEqualTo(far);
            assertThat(run(far, "topology", "list")).as(err).isZero();
            assertThat(out).contains("words");
        }
        assertThat(far.resolve("control.sock")).doesNotExist();
    }
}
