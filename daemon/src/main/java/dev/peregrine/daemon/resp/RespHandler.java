/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.resp;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.redis.ArrayRedisMessage;
import io.netty.handler.codec.redis.ErrorRedisMessage;
import io.netty.handler.codec.redis.FullBulkStringRedisMessage;
import io.netty.handler.codec.redis.InlineCommandRedisMessage;
import io.netty.handler.codec.redis.RedisMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Turns one connection's requests into commands and their results into replies. */
final class RespHandler extends SimpleChannelInboundHandler<RedisMessage> {
    private final RespCommands commands;

    RespHandler(final RespCommands commands) {
        this.commands = commands;
    }

    @Override
    protected void channelRead0(final ChannelHandlerContext context, final RedisMessage request) {
        final List<String> words = words(request);
        if (words == null) {
            context.writeAndFlush(new ErrorRedisMessage("ERR Protocol error: a command is an array of bulk strings"))
                .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        if (words.isEmpty()) {
            return;
        }
        final RedisMessage reply = commands.execute(words);
        final var written = context.write(reply);
        if ("QUIT".equalsIgnoreCase(words.get(0))) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static List<String> words(final RedisMessage request) {
        final List<String> words = new ArrayList<>();
        if (request instanceof InlineCommandRedisMessage inline) {
            for (final String word : inline.content().trim().split("\\s+")) {
                if (!word.isEmpty()) {
                    words.add(word);
                }
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
        context.writeAndFlush(new ErrorRedisMessage("ERR Protocol error")).addListener(ChannelFutureListener.CLOSE);
    }
}
