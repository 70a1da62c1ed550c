/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: takes one request, has it done elsewhere, answers and closes. Whoever closes the connection before the
 * answer no longer waits: a command that only waits is then interrupted.
 */
final class ControlHandler extends SimpleChannelInboundHandler<String> {
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Logger LOGGER = LoggerFactory.getLogger(ControlHandler.class);
    private static final int LONGEST_COMPLAINT = 300;

    private final Function<ControlCall, ControlReply> commands;
    private final Executor executor;
    private ControlCall call;

    ControlHandler(final Function<ControlCall, ControlReply> commands, final Executor executor) {
        this.commands = commands;
        this.executor = executor;
    }

    @Override
    protected void channelRead0(final ChannelHandlerContext context, final String line) {
        if (call != null) {
            return; // one request to a connection
        }
        final ControlRequest request;
        try {
            request = JSON.readValue(line, ControlRequest.class);
        } catch (final JsonProcessingException e) {
            answer(context, ControlReply.refused("this is no request: " + shortened(e.getOriginalMessage())));
            return;
        }
        if (request == null) {
            answer(context, ControlReply.refused("this is no request: null"));
            return;
        }
        call = new ControlCall(request);
        final ControlCall asked = call;
        try {
            executor.execute(() -> answer(context, perform(asked)));
        } catch (final RejectedExecutionException e) {
            answer(context, ControlReply.refused("the daemon stops"));
        }
    }

    @SuppressWarnings("IllegalCatch")
    private ControlReply perform(final ControlCall asked) {
        try {
            return commands.apply(asked);
        } catch (final Throwable e) { // also what a user's class throws while it is loaded
            LOGGER.error("control: {} failed", asked.request().command(), e);
            return ControlReply.refused("failed unexpectedly: " + e);
        }
    }

    private static void answer(final ChannelHandlerContext context, final ControlReply reply) {
        String line;
        try {
            line = JSON.writeValueAsString(reply);
        } catch (final JsonProcessingException e) {
            LOGGER.error("control: no answer can be made", e);
            line = "{\"ok\":false,\"text\":\"the answer cannot be written\",\"data\":[]}";
        }
        context.writeAndFlush(line + "\n").addListener(ChannelFutureListener.CLOSE);
    }

    private static String shortened(final String text) {
        return text.substring(0, Math.min(LONGEST_COMPLAINT, text.length()));
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) throws Exception {
        if (call != null) {
            call.cancel();
        }
        super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        if (cause instanceof TooLongFrameException) {
            answer(context, ControlReply.refused("a request has at most " + ControlListener.MAX_REQUEST + " bytes"));
        } else {
            if (!(cause instanceof IOException || cause instanceof ReadTimeoutException)) {
                LOGGER.warn("control: a connection failed", cause);
            }
            context.close();
        }
    }
}
