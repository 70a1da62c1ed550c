/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/**
 * Refuses requests that announce more than they may, before anything is held for them: long bulk strings, long or deep
 * arrays. Looks only at the announcing lines, as they come by, and at how long an unfinished request has become.
 */
final class RequestLimit extends ChannelInboundHandlerAdapter {
    static final int MAX_BULK = 1 << 20;
    static final int MAX_ARRAY = 1_024;
    private static final int MAX_LINE = 64 << 10;

    private long skip;
    private int line;
    private byte type;
    private long number;
    private int arrayLeft;

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) throws Exception {
        final String problem = message instanceof ByteBuf bytes ? check(bytes) : null;
        if (problem == null) {
            super.channelRead(context, message);
            return;
        }
        ((ByteBuf) message).release();
        context.writeAndFlush(Unpooled.copiedBuffer("-ERR Protocol error: " + problem + "\r\n",
            StandardCharsets.US_ASCII)).addListener(ChannelFutureListener.CLOSE);
        context.channel().config().setAutoRead(false);
    }

    private String check(final ByteBuf bytes) {
        int at = bytes.readerIndex();
        final int end = bytes.writerIndex();
        while (at < end) {
            if (skip > 0) {
                final int step = (int) Math.min(skip, end - at);
                skip -= step;
                at += step;
                continue;
            }
            final byte next = bytes.getByte(at++);
            if (next == '\n') {
                final String problem = endLine();
                if (problem != null) {
                    return problem;
                }
            } else {
                if (line == 0) {
                    type = next;
                    number = 0;
                } else if (next >= '0' && next <= '9') {
                    number = Math.min(Integer.MAX_VALUE, number * 10 + next - '0');
                } else if (next == '-') {
                    number = 0;
                }
                line++;
                if (line > MAX_LINE) {
                    return "too big inline request";
                }
            }
        }
        return null;
    }

    private String endLine() {
        line = 0;
        if (type == '$') {
            if (number > MAX_BULK) {
                return "invalid bulk length";
            }
            skip = number + 2;
            arrayLeft = Math.max(0, arrayLeft - 1);
        } else if (type == '*') {
            if (number > MAX_ARRAY || arrayLeft > 0) {
                return "invalid multibulk length";
            }
            arrayLeft = (int) number;
        } else if (arrayLeft > 0) {
            return "expected '$'";
        }
        return null;
    }
}
