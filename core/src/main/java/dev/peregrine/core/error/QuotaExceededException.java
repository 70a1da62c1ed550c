/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.core.error;

/** A publish over a hard limit was refused; nothing of it is in the log. The same publish may succeed a moment later. */
public class QuotaExceededException extends PeregrineException {
    private static final long serialVersionUID = 1L;

    private final String stream;
    private final String client;
    private final String limit;
    private final long perSecond;

    /**
     * An error that names the limit.
     *
     * @param limit the setting, e.g. {@code limits.client.hard-records}.
     * @param perSecond its value.
     * @param why how it came to that.
     */
    public QuotaExceededException(
        final String stream, final String client, final String limit, final long perSecond, final String why) {
        super("publisher '" + client + "' is over " + limit + " = " + perSecond + " per second of stream " + stream
            + ": " + why);
        this.stream = stream;
        this.client = client;
        this.limit = limit;
        this.perSecond = perSecond;
    }

    /** The stream that was published to. */
    public String stream() {
        return stream;
    }

    /** The publisher's name. */
    public String client() {
        return client;
    }

    /** The setting that refused it. */
    public String limit() {
        return limit;
    }

    /** What the setting allows per second. */
    public long perSecond() {
        return perSecond;
    }
}
