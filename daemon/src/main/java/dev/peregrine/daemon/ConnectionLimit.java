/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Closes connections above a limit at once, with a word in the listener's protocol. First in the pipeline. */
@Sharable
public final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private final int limit;
    private final byte[] refusal;
    private final AtomicInteger open = new AtomicInteger();

    /** A limit for one listener, and what a connection above it reads before it is closed. */
    public ConnectionLimit(final int limit, final String refusal) {
        this.limit = limit;
        this.refusal = refusal.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void channelActive(final ChannelHandlerContext context) throws Exception {
        if (open.incrementAndGet() > limit) {
            context.channel().config().setAutoRead(false);
            context.writeAndFlush(Unpooled.wrappedBuffer(refusal)).addListener(ChannelFutureListener.CLOSE);
        } else {
            super.channelActive(context);
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) throws Exception {
        open.decrementAndGet();
        super.channelInactive(context);
    }
}
