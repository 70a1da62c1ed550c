/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

import dev.peregrine.app.DemoListener;
import dev.peregrine.app.DemoOptions;
import java.nio.file.Path;

/** Runs the demo in a process of its own, to be killed; says on stdout when it is counting. */
final class DemoChild {
    /** Printed from the first fifth of a second of publishing on, while more is to come. */
    static final String COUNTING = "counting";
    /** Slow enough that a few hundred milliseconds do not finish the job. */
    private static final long RATE = 2_000_000;

    private DemoChild() {
    }

    public static void main(final String[] args) throws Exception {
        new AdsDemo().run(new DemoOptions(
            Path.of(args[0]), true, Long.parseLong(args[1]), RATE, null, null, Integer.parseInt(args[2]), false),
            new DemoListener() {
                @Override
                public void message(final String line) {
                    // nobody reads it
                }

                @Override
                public void progress(final Progress progress) {
                    if (progress.events() < progress.target()) {
                        System.out.println(COUNTING);
                        System.out.flush();
                    }
                }
            });
    }
}
