/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.resp;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.redis.ArrayRedisMessage;
import io.netty.handler.codec.redis.ErrorRedisMessage;
import io.netty.handler.codec.redis.FullBulkStringRedisMessage;
import io.netty.handler.codec.redis.InlineCommandRedisMessage;
import io.netty.handler.codec.redis.RedisMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/** Turns one connection's requests into commands and their results into replies, in order. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty closes a channel that cannot be written
final class RespHandler extends SimpleChannelInboundHandler<RedisMessage> {
    private final RespCommands commands;
    private boolean closing;

    RespHandler(final RespCommands commands) {
        this.commands = commands;
    }

    @Override
    protected void channelRead0(final ChannelHandlerContext context, final RedisMessage request) {
        if (closing) {
            return;
        }
        final List<String> words = words(request);
        if (words == null) {
            last(context, new ErrorRedisMessage("ERR Protocol error: a command is an array of bulk strings"));
        } else if (!words.isEmpty()) {
            final RedisMessage reply = reply(words);
            if ("QUIT".equalsIgnoreCase(words.get(0))) {
                last(context, reply);
            } else {
                context.write(reply, context.voidPromise());
            }
        }
    }

    private RedisMessage reply(final List<String> words) {
        try {
            return commands.execute(words);
        } catch (final RuntimeException e) { // e.g. the engine is being closed
            return new ErrorRedisMessage("ERR " + RespCommands.printable(String.valueOf(e.getMessage())));
        }
    }

    private void last(final ChannelHandlerContext context, final RedisMessage reply) {
        closing = true;
        context.writeAndFlush(reply).addListener(ChannelFutureListener.CLOSE);
    }

    private static List<String> words(final RedisMessage request) {
        final List<String> words = new ArrayList<>();
        if (request instanceof InlineCommandRedisMessage inline) {
            final StringTokenizer tokens = new StringTokenizer(inline.content());
            while (tokens.hasMoreTokens()) {
                words.add(tokens.nextToken());
            }
            return words;
        }
        if (!(request instanceof ArrayRedisMessage array) || array.isNull()) {
            return null;
        }
        for (final RedisMessage child : array.children()) {
            if (!(child instanceof FullBulkStringRedisMessage bulk) || bulk.isNull()) {
                return null;
            }
            words.add(bulk.content().toString(StandardCharsets.UTF_8));
        }
        return words;
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext context) {
        context.flush(); // one write for all commands of a pipeline
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        if (closing || !(cause instanceof DecoderException)) {
            context.channel().close(); // idle or gone
        } else {
            last(context, new ErrorRedisMessage("ERR Protocol error"));
        }
    }
}
