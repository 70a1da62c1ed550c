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
 * Refuses requests that announce more than they may, before anything is held for them: long bulk strings, long, deep or
 * negative arrays, long requests in all, lines without end. Looks only at the announcing lines, as they come by. What it
 * lets pass it has understood exactly as the decoder behind it will, or the two could be played off against each other.
 */
final class RequestLimit extends ChannelInboundHandlerAdapter {
    /** Bytes of one argument. */
    static final int MAX_BULK = 64 << 10;
    /** Arguments of one request, its command included. */
    static final int MAX_ARRAY = 1_024;
    /** Bytes of all arguments of one request. */
    static final int MAX_REQUEST = 128 << 10;
    /** Bytes of an inline request. */
    static final int MAX_LINE = 64 << 10;
    private static final int MAX_DIGITS = 9;

    private long skip;
    private int line;
    private byte type;
    private boolean number;
    private int value;
    private int arrayLeft;
    private int requestBytes;
    private boolean refused;

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) throws Exception {
        final ByteBuf bytes = (ByteBuf) message;
        if (refused) {
            bytes.release();
            return;
        }
        final String problem = check(bytes);
        if (problem == null) {
            super.channelRead(context, message);
            return;
        }
        refused = true;
        bytes.release();
        context.channel().config().setAutoRead(false);
        context.writeAndFlush(Unpooled.copiedBuffer("-ERR Protocol error: " + problem + "\r\n",
            StandardCharsets.US_ASCII)).addListener(ChannelFutureListener.CLOSE);
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
            final String problem = take(bytes.getByte(at++));
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private String take(final byte next) {
        if (next == '\n') {
            return endLine();
        }
        if (line == 0) {
            type = next;
            number = next == '$' || next == '*';
            value = 0;
        } else if (number && next != '\r') {
            if (next < '0' || next > '9' || line > MAX_DIGITS) {
                return type == '$' ? "invalid bulk length" : "invalid multibulk length";
            }
            value = value * 10 + next - '0';
        }
        line++;
        return line > MAX_LINE ? "too big inline request" : null;
    }

    private String endLine() {
        line = 0;
        if (type == '$') {
            requestBytes += value;
            if (value > MAX_BULK || requestBytes > MAX_REQUEST) {
                return "invalid bulk length";
            }
            skip = value + 2L;
            arrayLeft = Math.max(0, arrayLeft - 1);
        } else if (arrayLeft > 0) {
            return "expected '$'";
        } else if (type == '*') {
            if (value > MAX_ARRAY) {
                return "invalid multibulk length";
            }
            arrayLeft = value;
            requestBytes = 0;
        }
        type = 0;
        return null;
    }
}
